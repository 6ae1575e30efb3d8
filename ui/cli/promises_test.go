package cli

// A promise is an example of the README or the guide and what is seen when it is run,
// an expression over what it prints, its exit code, and the files, keys and sessions
// that are there then. Where the example is a part of a command or has a placeholder,
// runs is what is run for it.
type promise struct{ example, runs, shows string }

// promises are kept one after the other, in one home. Models other than the demo's are
// simulated and answer with their names.
func promises() []promise {
	return []promise{
		{`juxta ask -m ollama/qwen3-vl:2b -m openrouter/qwen/qwen3-8b "What is a monad?"`, "", `(?s)^## 1 .*\nollama-qwen3-vl-2b\n1 .*\nopenrouter-qwen-qwen3-8b\n2 .*kept new "What is a monad\?" 1 turns`},
		{`juxta ask -m ollama/qwen3-vl:2b -m openai/gpt-5-mini -a pin.jpg "Describe this pin."`, "", `(?s)^pin\.jpg 16×8.*\n1 demo/\S+qwen\S+ .* 26\d in.*\n2 demo/\S+gpt\S+ .* 26\d in`}, // of which the picture is 256
		{`git diff | juxta ask -m ollama/qwen3:8b --json "Summarise this change" -`, "", `^\{"session":.*"text":"ollama-qwen3-8b".*"input":12,.*\}\n\nexit`},
		{"juxta sessions export 01J9 --format html -O page.html", "", `files /page\.html: <!DOCTYPE html>`},
		{"juxta sessions again 01J9 -m ollama/qwen3-vl:2b --dry-run", "", `(?m)^demo/script:say=ollama-qwen3-vl-2b +7 +0 +0 +≈ \$0\.0\d+$`},
		{"juxta report 01J9 --baseline 2 --volume 100000", "", `(?s)^# Verdict: hello again\n.*7 of 7 prompts.*at 100,000 requests a month it saves \$30\.00`},
		{"juxta keys set openai", "", `keyring map\[juxta\|openai at https://api\.openai\.com:sk-0123456789abcdef\]`},
		{"juxta ask --json", "ask --json -m demo/script:say=one -m demo/script:say=two Which?", `^\{"session":.*"column":1,.*\}\n\{"session":.*"column":2,.*\}\n\nexit`},
		{"juxta vote last", "", `booth opened: .* against column 1: 1 slips on \[2\]`},
		{"sessions export --format jsonl", "sessions export last --format jsonl", `^\{"session":.*"column":1,"take":1,"model":"demo/script:say=one".*\}\n\{"session":.*"model":"demo/script:say=two"`},
		{"sessions show", "sessions show last --json", `^\{"id":.*"answers":\[\{"session":.*"column":1,"take":1,"model":"demo/script:say=one"`},

		{"juxta plan SESSION --baseline COLUMN --margin 0.10 --n 60", "plan 01KP --baseline 2 --margin 0.10 --n 60", `kept KP .* tests votes on 60 against 2 margin 0\.1 `},
		{"juxta vote SESSION", "vote 01J9", `booth opened: voter  .*: 7 slips on \[2\]`},
		{"--voter ann", "vote 01J9 --baseline 2 --voter ann", `booth opened: voter ann .*: 7 slips on \[1\]`},
		{"--metric pass", "vote 01J9 --baseline 2 --metric pass", `booth opened: .* passes true`},
		{"juxta report SESSION --volume 100000", "report 01J9 --baseline 2 --volume 100000", `(?s)good enough|too few prompts.*100,000`},
		{"-O verdict.html", "report 01J9 --baseline 2 -O verdict.html", `files /verdict\.html: <!DOCTYPE html>.*<svg`},
		{"--format routing", "report 01J9 --baseline 2 --format routing", `(?s)\nroute:\n  - model: "demo/sage"\n.*\nexpected:\n  usd_per_request: "0\.0004.*\n  score: `},
		{"--format litellm", "report 01J9 --baseline 2 --format litellm", `(?s)\nmodel_list:\n.*api_key: "os\.environ/DEMO_API_KEY"`},
		{"--format memo", "report 01J9 --baseline 2 --format memo", `(?s)^# Decision: hello again\n.*\*\*Recommendation:\*\*`},
		{"-O prompts.csv", "report 01J9 --baseline 2 -O prompts.csv", `files /prompts\.csv: prompt,.*,question,model,.*,score,votes,(.*⏎.*demo/fast.*⏎.*demo/sage){7}`},
		{"-O verdicts.csv --rows verdicts", "report 01J9 --baseline 2 -O verdicts.csv --rows verdicts", `files /verdicts\.csv: candidate,baseline,verdict,[^⏎]*⏎demo/fast,demo/sage,[^⏎]*⏎\n`},

		{"-a -", `some words | ask -m demo/script:say=read -a - "What is it?"`, `(?s)^stdin \d+ B: as it is\n.*\nread\n`},
		{"ask -a -", `a file | ask --json -m demo/script:say=read -a - "And this?"`, `"attachments":\[\{"name":"stdin","mime":"text/plain`},
		{"-", `words | ask -m demo/script:echo=1 -`, `user: what comes of words`},
		{`juxta ask -m ollama/qwen3-vl:2b -a 'shots/*.png' -a notes.md --fit 1024 --json "What changed?"`, "", `^\{.*"attachments":\[\{"name":"a\.png",.*"name":"b\.png",.*"name":"notes\.md"`},
		{"import FOLDER", "prompts import mine --json", `(?s)"name":"spoken".*files /juxta/prompts/spoken\.md: Say it\.`},
		{"juxta prompts add caption caption.md", "", `files /juxta/prompts/caption\.md: ---⏎variables`},
		{"juxta -t caption", "", `screen opened: .* values map\[\] .* prompt caption`},
		{"juxta ask -m ollama/qwen3-vl:2b -t caption -p product=chair -a pin.jpg", "", `(?s)^pin\.jpg 16×8.*kept new "Describe chair\."`},
		{`juxta ask -m ollama/qwen3-vl:2b -p lang=French "Say hello in {{lang}}."`, "", `kept new "Say hello in French\."`},
		{`juxta ask -m openai/gpt-5-mini --max-cost 0.05 -a report.txt "Summarise this."`, "", `(?s)reads report\.txt, ~\d+ tokens, ~\$0\.0000\d+\n.*kept new "Summarise this\." 1 turns`},
		{`juxta ask -m ollama/qwen3-vl:2b --repeat 5 "Is this spam? …"`, "", `(?s)· take 1 .*· take 2 .*· take 3 .*· take 4 .*· take 5 .*(alike|the same)`},
		{`juxta ask -m anthropic/claude-sonnet-5 -m gemini/gemini-2.5-flash --schema invoice.json "Read this:" - < mail.txt`, "", `kept new "Read this:" 1 turns \[\] \S+claude\S+ follows \{.*"an invoice"\} \S+gemini\S+ follows \{.*"an invoice"\}`},
		{"juxta sessions show ID --json", "sessions show 01J9 --json", `^\{"id":"01J9A{22}","title":"hello again".*"turns":\[\{"id":1,`},
		{"--log-level debug", "sessions list --log log.txt --log-level debug", `files /log\.txt: .*level=DEBUG`},
		{"juxta sessions list --tag pins -n 20", "", `^SESSION .*\n01K2A{22} .*#pins\n\nexit`},
		{"juxta sessions search walnut model:qwen", "", `^01KWA{22} .*\n(    .*\n)*\n?exit`},
		{`"words in a row"`, `sessions search '"walnut table"'`, `^01KWA{22} .*\n(    .*\n)*\n?exit`},
		{"-without", `sessions search 'table -chair'`, `^01KWA{22} .*\n(    .*\n)*\n?exit`},
		{"juxta sessions tag 01J9 +pins -draft", "", `kept J9 .* \[pins\]`},
		{`juxta sessions rename 01J9 "Captions, with the new prompt"`, "", `kept J9 "Captions, with the new prompt"`},
		{"juxta sessions pin 01J9", "", `kept J9 .* pinned`},
		{"juxta sessions fork 01J9 --turn 3", "", `kept new "Captions, with the new prompt" 3 turns`},
		{"juxta sessions merge 01J9 01K2 01K7", "", `(?s)kept J9 .* 9 turns.*kept K7 .*kept K2 `},
		{"juxta sessions import FILE...", "sessions import other.json", `kept KD "hello again" 2 turns`},

		{"juxta sessions export 01J9 --format html -O pins.html", "", `files /pins\.html: <!DOCTYPE html>`},
		{"juxta sessions export 01J9 --format csv -O pins.csv", "", `files /pins\.csv: session,title,[^⏎]*cost_usd[^⏎]*(⏎01J9A{22},[^⏎]*){18}⏎\n`},
		{"juxta sessions export --tag pins --votes --format preferences -O pairs.jsonl", "", `files /pairs\.jsonl: \{"prompt":\[.*"chosen":\[.*"rejected":\[`},
		{"juxta sessions export 01J9 -O pins.json", "", `files /pins\.json: \{"juxta":"session","version":1,[^⏎]*⏎\n`},
		{"juxta sessions export 01J9 --format capsule -O pins.capsule", "", `files /pins\.capsule: PK`},
		{"juxta sessions verify pins.capsule", "", `^intact  [0-9a-f]{64}  pins\.capsule\n`},
		{"juxta sessions replay 01J9", "", `screen opened: session 01J9A{22} .* at 1× of what it was`},
		{"juxta sessions replay pins.capsule --text", "", `(?s)\n> hello\n.*\nhi\n.*\nho\n`},

		{"juxta sessions again 01J9 -m openai/gpt-5-mini --dry-run", "", `(?m)^demo/script:say=openai-gpt-5-mini +9 +0 +0 +≈ \$0\.0\d+$`},
		{"--history original", "sessions again 01J9 -m demo/script:echo=1,ttft=1 --history original --turns 1-2", `(?s)user: hello\n.*assistant: hi`},
		{"--history own", "sessions again 01J9 -m demo/script:echo=1,ttft=2 --history own --turns 1-2", `assistant: user: hello`},
		{"--turns 3-7", "sessions again 01J9 -m demo/script:say=x --turns 3-7", `(?s)\n## turn 3 .*## turn 4 .*## turn 5 .*## turn 6 .*## turn 7 [^#]*exit`},
		{"juxta sessions again 01J9 -m openai/gpt-5-mini -m ollama/qwen3-vl:2b", "", `(?s)(openai-gpt-5-mini\n.*ollama-qwen3-vl-2b\n.*){9}exit`},
		{"juxta models show MODEL", "models show demo/swift", `(?m)^accepts +max_tokens`},
		{"-o temperature=0.2 -o think=high …", "ask -m demo/swift -o temperature=0.2 -o think=high -o max_tokens=1 hi", `temperature, think not supported .* left out`},
		{"-m A --preset precise --preset wild", "-m demo/swift --preset precise --preset wild", `screen opened: .* demo/swift told Be precise\. demo/swift told Be wild\.`},
		{"--local-only=false", "--local-only=false --config local.yaml ask -m openai/gpt-5-mini hi", `openai-gpt-5-mini`},

		{"juxta sessions backup FILE", "sessions backup copy.db", `files /copy\.db\n`},
		{"juxta --db COPY", "--db copy.db sessions list", `(?m)^01J9A{22} `},
		{"juxta sessions backup --prune 1", "", `(?s)v2\.bak.*exit 0.*files /juxta/juxta\.db\.2026-01-03T03-04-05\.v3\.bak`},
		{"juxta doctor --repair FILE", "doctor --repair mended.db", `(?s)^from +~/juxta/juxta\.db\nsaved +mended\.db, .*\nlost +nothing\n.*files /mended\.db\n`},
	}
}

// elsewhere are the examples that say what a screen shows, or that other programs are
// to be run for: which test holds them, or why none does.
func elsewhere() map[string]string {
	const packages = "needs that system and its root: .ci/packages does it wherever it can"
	return map[string]string{
		"source <(juxta completion bash)":                               "TestTheLinesForShellsDoWhatTheySay",
		`juxta completion zsh > "${fpath[1]}/_juxta"`:                   "TestTheLinesForShellsDoWhatTheySay",
		"juxta completion fish > ~/.config/fish/completions/juxta.fish": "TestTheLinesForShellsDoWhatTheySay",
		"juxta completion powershell | Out-String | Invoke-Expression":  "TestTheLinesForShellsDoWhatTheySay",
		"juxta man | man -l -":                                          "TestTheLinesForShellsDoWhatTheySay",
		"juxta sessions show --json":                                    "TestShowHidesWhoAnsweredABlindTurnUntilItIsRevealed",
		"≠ 3 of 4 say 1969; 2 alone says “Aldrin” · agreement 0.71":     "TestWhatAnswersAgreeOnIsTold",
		"⑂ 2/2":                "TestAnEarlierQuestionIsAskedInOtherWordsAndBothWaysStay",
		"4% of ★":              "TestCostsAreMeasuredAgainstTheBaseline",
		"[Image #1]":           "TestLabelsAreLeftOutAtTheEndsAndCountWithin",
		"go install .":         "TestTheTourIsTrue",
		"go run .":             "does what `go install .` and `juxta` do, one after the other",
		"go test ./...":        "is what runs this",
		"ollama serve":         "needs Ollama, which .ci/run starts where there is one",
		"llm logs -n 0 --json": "needs llm; the importer's tests read what it writes",
		"sudo apt install ./juxta_VERSION_amd64.deb":                packages,
		"sudo dnf install ./juxta-VERSION-1.x86_64.rpm":             packages,
		"sudo apk add --allow-untrusted ./juxta_VERSION_x86_64.apk": packages,
		"sudo pacman -U juxta-VERSION-1-x86_64.pkg.tar.zst":         packages,
		"brew install --cask OWNER/TAP/juxta":                       "needs Homebrew and a release; .ci/packages reads the cask",
		"scoop install juxta":                                       "needs Windows and a release; .ci/packages reads the manifest",
		"xattr -d com.apple.quarantine juxta":                       "needs a Mac",
		"sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj": "needs root, and changes the machine",
		`read.csv("prompts.csv", na.strings = "")`:                  "needs R",
		"cosign verify-blob --bundle checksums.txt.sigstore.json checksums.txt --certificate-identity-regexp 'https://github.com/OWNER/' --certificate-oidc-issuer https://token.actions.githubusercontent.com": "needs a signed release",
	}
}

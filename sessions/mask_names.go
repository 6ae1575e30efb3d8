package sessions

// How sure it is that a name means a model or its maker.
type certainty uint8

const (
	word   certainty = iota // also a word or a name of much else: it is masked only where the text speaks of who wrote it
	proper                  // also a word where it is written small
	sure                    // a name and nothing else
)

// modelNames are the names of model families and their makers, small, without
// hyphens, and with the spaces that are written in them. Versions and sizes that
// follow a name belong to it and are not listed.
var modelNames = map[string]certainty{
	"openai": sure, "chatgpt": sure, "gpt": sure, "gptoss": sure, "codex": word, "copilot": word, "microsoft copilot": sure,
	"sora": word, "dalle": sure, "bing": word, "sydney": word, "microsoft": word, "azure": word,
	"o1": word, "o3": word, "o4": word, "phi": word, "wizardlm": sure,
	"anthropic": sure, "claude": proper, "sonnet": word, "opus": word, "haiku": word,
	"google": word, "google ai": word, "google deepmind": word, "deepmind": word, "alphabet": word,
	"gemini": proper, "gemma": proper, "bard": word, "palm": word, "lamda": word,
	"meta": word, "meta ai": sure, "metaai": sure, "facebook": word, "llama": proper, "code llama": sure, "codellama": sure, "opt": word,
	"mistral": proper, "mistral ai": sure, "mistralai": sure, "mixtral": sure, "ministral": sure, "magistral": word, "codestral": sure,
	"devstral": sure, "pixtral": sure, "voxtral": sure,
	"qwen": sure, "qwenlm": sure, "qwq": sure, "qvq": sure, "tongyi": sure, "tongyi qianwen": sure, "qianwen": sure,
	"alibaba": word, "alibaba cloud": word, "aliyun": word,
	"deepseek": sure, "deepseekai": sure, "deepseek ai": sure, "high flyer": word,
	"xai": sure, "grok": proper, "twitter": word,
	"cohere": word, "cohereforai": sure, "command r": word, "command a": word, "commandr": sure, "aya": word,
	"amazon": word, "amazon nova": sure, "nova": word, "titan": word, "aws": word, "bedrock": word,
	"apple": word, "apple intelligence": word, "openelm": sure,
	"nvidia": word, "nemotron": sure, "ibm": word, "granite": word, "watsonx": word,
	"huggingface": word, "hugging face": word, "smollm": sure, "smolvlm": sure, "zephyr": word, "starcoder": sure, "bloom": word,
	"allenai": sure, "allen ai": word, "allen institute": word, "ai2": word, "olmo": sure, "tulu": word, "molmo": sure,
	"perplexity": word, "perplexity ai": sure, "sonar": word,
	"moonshot": word, "moonshot ai": sure, "moonshotai": sure, "kimi": proper,
	"zhipu": sure, "zhipuai": sure, "zhipu ai": sure, "chatglm": sure, "glm": word, "zai": word,
	"baidu": word, "ernie": word, "ernie bot": sure, "wenxin": word,
	"bytedance": word, "doubao": sure, "seed": word, "tencent": word, "hunyuan": sure,
	"minimax": word, "abab": word, "internlm": sure, "internvl": sure, "shanghai ai lab": word, "sensetime": word,
	"baichuan": sure, "stepfun": sure, "skywork": word, "yi": word, "01ai": sure, "lingyi wanwu": sure,
	"tii": word, "falcon": word, "jais": word, "ai21": sure, "ai21 labs": sure, "jamba": sure, "jurassic": word,
	"inflection": word, "inflection ai": sure, "pi": word, "reka": word, "reka ai": sure, "character ai": word,
	"databricks": word, "dbrx": sure, "mosaicml": sure, "mpt": word, "snowflake": word, "arctic": word,
	"stability ai": sure, "stabilityai": sure, "stablelm": sure, "together ai": word, "fireworks": word, "groq": word, "ollama": word,
	"openrouter": word, "lmstudio": word, "lm studio": word,
	"nous": word, "nous research": sure, "nousresearch": sure, "hermes": word, "dolphin": word, "vicuna": word, "alpaca": word,
	"openchat": word, "openhermes": sure, "orca": word, "solar": word, "upstage": word, "exaone": sure, "lg ai": word, "lg ai research": word,
	"hyperclova": sure, "naver": word, "kakao": word, "kanana": word, "plamo": word, "rakuten": word, "sarvam": word, "krutrim": sure,
	"yandexgpt": sure, "yandex": word, "gigachat": sure, "sber": word, "aleph alpha": sure, "luminous": word, "teuken": sure,
	"eurollm": sure, "apertus": word, "writer": word, "palmyra": word, "liquid ai": word, "lfm": word, "inception labs": sure,
	"arcee": word, "essential ai": word, "poolside": word, "cerebras": word,
}

// modelNamesInHan are those of scripts that put no space between words.
var modelNamesInHan = map[string]certainty{
	"通义千问": sure, "千问": sure, "阿里云": word, "阿里巴巴": word, "深度求索": sure, "月之暗面": sure, "豆包": word, "字节跳动": word,
	"文心一言": sure, "百度": word, "混元": word, "腾讯": word, "智谱": sure, "智谱清言": sure, "讯飞星火": sure, "谷歌": word,
	"微软": word, "克劳德": word, "クロード": word, "ジェミニ": word, "グーグル": word, "클로드": word, "제미나이": word, "구글": word, "네이버": word,
}

// variants are words behind a model's name that belong to it.
var variants = set(
	"sonnet", "opus", "haiku", "instant", "pro", "flash", "ultra", "nano", "mini", "micro", "turbo", "large", "medium", "small", "tiny",
	"instruct", "chat", "coder", "code", "plus", "max", "lite", "preview", "thinking", "vision", "vl", "omni", "reasoner", "reasoning",
	"distill", "latest", "exp", "experimental", "scout", "maverick", "behemoth", "nemo", "bot", "ai", "it", "cloud", "deepmind", "oss", "fast", "air",
)

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

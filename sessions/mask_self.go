package sessions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Whether a sentence says who wrote it. The expressions look at what stands
// before and behind a name within its sentence.

// mostApart is how many bytes before and behind a name are looked at.
const mostApart = 240

// marksAround may stand between a name and the words beside it.
const marksAround = `[\s*_"“”'‘’«»「」『』(\[` + "`" + `]*`

// fillers are words that may stand between "I am" and a name.
const fillers = `(?:(?:an?|the|not|just|only|actually|simply|really|indeed|also|called|named|known|as|your|one|of|member|model|assistant|chatbot|bot|llm|ai|ia|ki|large|small|` +
	`language|helpful|friendly|virtual|new|latest|version|part|instance|from|by|at|based|on|open|source|weight|multimodal|advanced|variant|family|series|and|` +
	`made|trained|created|developed|built|designed|here|` +
	`ein|eine|ein[a-z]*|der|die|das|großes|von|vom|sprachmodell|assistent\pL*|un|une|una|um|uma|uno|el|la|le|il|de|du|des|di|do|da|par|por|asistente|assistente|modelo|modèle|modello|` +
	`grande?|langage|lenguaje|linguagem|entrenado|treinado|entraîné|developpé|développé|een|van|en|av)[- ,]+)`

var (
	// "I am", "my name is", and at most a few words of description.
	introduces = pattern(`(?i)(?:^|[^\pL\pN])(?:i am|i[’']m|am i|my (?:\w+ ){0,2}name(?: is|[’']s)|call(?:ed)? me|name[’']s|` +
		`i (?:identify|introduce myself|go by|answer to|was (?:named|called|released|introduced|launched|known))(?: \w+){0,2}|i[’']m (?:called|named|known as)|` +
		`you(?:[’']re| are) (?:talking|chatting|speaking|conversing|interacting) (?:to|with)|` +
		`ich bin|ich heiße|mein name ist|je suis|je m[’']appelle|mon nom est|yo soy|soy|me llamo|mi nombre es|eu sou|sou|me chamo|meu nome é|` +
		`io sono|sono|mi chiamo|ik ben|mijn naam is|jag är|jeg er|jestem|nazywam się|я|меня зовут|benim adım)` +
		`[\s,:—–-]*` + marksAround + fillers + `{0,8}` + marksAround + `$`)

	introducesInHan = pattern(`(?:我是|我叫|我的名字是|名字叫|本模型|我由|是由|来自|私は|私の名前は|僕は|저는|나는|제 이름은)[^。！？\n]{0,12}$`)

	asItself  = pattern(`(?i)(?:^|[^\pL\pN])(?:as|als|en tant que|como|come|som|jako)` + marksAround + `$`) // "as Claude, I"
	asBehind  = pattern(`(?i)^` + marksAround + `(?:[,.;:!?)—–]|$|(?:i|we|my|ich|je|yo|eu|io|ik)\b)`)
	asOneOf   = pattern(`(?i)(?:^|[^\pL\pN])(?:as|als) (?:an?|the|your|one of)\s[\pL\s-]{0,40}$`) // "as a large Google model"
	ofAModel  = pattern(`(?i)^(?:[’']s)?` + marksAround + `(?:[\pL\d.-]+[ -]){0,4}(?:model|assistant|chatbot|bot|llm|ai|system|series|family)\b`)
	signs     = pattern(`(?i)\b(?:written|generated|answered|composed|response|answer|reply) (?:by|from)\s*:?` + marksAround + `$`)
	parting   = pattern(`(?i)^\s*(?:—|–|--|yours,?|sincerely,?|regards,?)` + marksAround + `$`) // and the name ends the line
	signsHere = pattern(`(?i)^` + marksAround + `here\b`)
	greets    = pattern(`(?i)^\W*(?:(?:hi|hello|hey|greetings|howdy|hallo|hola|bonjour|ciao|olá)(?: there)?\W+)?(?:this is|it[’']s)?\W*$`)

	// "trained by Google", of whoever speaks.
	speaks = pattern(`(?i)(?:^|[^\pL\pN])(?:i|i[’'](?:m|ve|d|ll)|me|my|mine|myself|we|we[’'](?:re|ve)|our|us|ich|mich|mein\pL*|wir|unser\pL*|je|moi|mon|ma|mes|nous|notre|` +
		`yo|mi|mis|soy|fui|eu|meu|minha|sou|fui|io|mio|mia|sono|ik|mijn|jag|jeg|jestem|я|меня|мой|this (?:ai |language )?(?:model|assistant|ai|chatbot)|` +
		`as an? (?:ai|language|large|virtual)|a large language model)(?:[^\pL\pN]|$)|我|私|저는|나는`)
	elsewhere = pattern(`(?i)(?:^|[^\pL])(?:which|that|who|whose|recommend|suggest|use|used|using|like|such as|prefer|consider|try)(?:[^\pL]|$)`)
	makes     = pattern(`(?i)(?:^|[^\pL])(?:train|develop|creat|made|buil[dt]|design|produc|releas|provid|power|own(?:ed|s)|engineer|tuned|fine-tun|maintain|operat|introduc|launch|` +
		`entwickel|trainiert|erstell|erschaffen|geschaffen|entrena|desarroll|cread|développ|entraîn|créé|conçu|treina|desenvolv|criad|addestrat|sviluppat|ontwikkeld|getraind|utveckla|tränad|обучен|созда|разработан)`)
	madeBy    = pattern(`(?i)(?:^|[^\pL\pN])(?:by|at|from|with|for|von|bei|par|chez|por|da|dal|door|av|компани\pL+)\s+(?:(?:the|an?|der|die|la|le)\s+)?(?:[\pL’'-]+[ -]+){0,4}` + marksAround + `$`)
	whoMade   = pattern(`(?i)(?:^|[^\pL\pN])(?:my|our|mein\pL*|unser\pL*|mon|ma|mes|notre|mi|mis|meu|minha|mio|mia|mijn) (?:\pL+ ){0,2}(?:maker|creator|developer|vendor|provider|trainer|owner|underlying|base model|model name|identity|entwickler|hersteller|créateur|développeur|creador|desarrollador|criador)\pL*[^.!?\n]{0,60}$`)
	describes = pattern(`(?i)(?:^|[^\pL])(?:language model|assistant|chatbot|llm|artificial intelligence|ai model|sprachmodell|modèle de langage|modelo de lenguaje|modelo de linguagem)(?:[^\pL]|$)`)
	basedOn   = pattern(`(?i)(?:based|built|running|run|runs|powered) (?:on|by)` + marksAround + `(?:(?:the|an?)\s+)?$`)

	// `"model": "gpt-4"`
	keyed = pattern(`(?i)(?:^|[^\pL\pN])(?:model|model[ _-]?name|assistant|llm|chatbot|ai|i[ _]am|(?:created|made|developed|trained|built|generated|written|answered)[ _-]?by|developer|creator|modell|modelo|modèle|模型|作者|开发者)["'*_` + "`" + `]*\s*[:=：]\s*` + marksAround + `$`)
)

// ofItself reports whether the sentence around a name says that the name is its
// writer's, or its writer's maker's.
func ofItself(s string, f named) bool {
	before, behind := sentence(s, f)
	switch {
	case introduces().MatchString(before), introducesInHan().MatchString(before), whoMade().MatchString(before):
		return true
	case asItself().MatchString(before) && asBehind().MatchString(behind):
		return true
	case asOneOf().MatchString(before) && ofAModel().MatchString(behind):
		return true
	case signs().MatchString(before), parting().MatchString(before) && strings.Trim(behind, " \t*_.!") == "", greets().MatchString(before) && signsHere().MatchString(behind):
		return true
	case keyed().MatchString(before):
		return true
	}
	at := speaks().FindAllStringIndex(before, -1)
	if len(at) == 0 {
		return false
	}
	near := before[at[len(at)-1][0]:] // from whoever speaks to the name
	if elsewhere().MatchString(near) {
		return false
	}
	return madeBy().MatchString(near) && (makes().MatchString(near) || makes().MatchString(behind) || describes().MatchString(near)) ||
		basedOn().MatchString(near) || ofAModel().MatchString(behind) && describes().MatchString(behind)
}

// sentence is what stands before and behind a name in its sentence.
func sentence(s string, f named) (before, behind string) {
	from := f.from
	for from > 0 && f.from-from < mostApart {
		r, n := utf8.DecodeLastRuneInString(s[:from])
		if ends(r, s[from:f.from]) {
			break
		}
		from -= n
	}
	to := f.to
	for to < len(s) && to-f.to < mostApart {
		r, n := utf8.DecodeRuneInString(s[to:])
		if ends(r, s[to+n:]) {
			break
		}
		to += n
	}
	return strings.ToValidUTF8(s[from:f.from], ""), strings.ToValidUTF8(s[f.to:to], "")
}

// ends reports whether a character ends a sentence before what comes then.
func ends(r rune, then string) bool {
	switch r {
	case '\n', '。', '！', '？':
		return true
	case '.', '!', '?':
		next, _ := utf8.DecodeRuneInString(then)
		return then == "" || unicode.IsSpace(next)
	}
	return false
}

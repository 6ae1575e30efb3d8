package openai

import (
	"net/http"
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

var (
	tooLong   = wire.Pattern(`(?i)context.length|maximum context|exceed\w*( the)?( available| maximum| max)? context|prompt (is )?too long|too many (input )?tokens|longer than the (model'?s )?(maximum )?context|context window`)
	noCredit  = wire.Pattern(`(?i)(insufficient|exceeded|exhausted|out of|used all|no) [\w ]{0,30}(quota|balance|credits?|funds)|n.t have any credits|more credits are required|requires more credits`)
	capped    = wire.Pattern(`(?i)(spending|credit|key|usage) limit (is |was )?(reached|exceeded)|(reached|exceeded) (its|your|the) (monthly )?(spending|credit|key) limit|account (is )?suspended`)
	badKey    = wire.Pattern(`(?i)(incorrect|invalid|missing|wrong|expired) api.?key|api.?key (is |was )?(not valid|invalid|incorrect|missing|expired|required)`)
	noModel   = wire.Pattern(`(?i)model\b.*(does not exist|not found|not valid|unknown)|not a valid model|(unknown|no such|invalid) model`)
	flagged   = wire.Pattern(`(?i)content management policy|input was flagged|violat\w+ (our )?usage (polic|guideline)|content exists risk`)
	lacking   = wire.Pattern(`(?i)not supported|found that support|only supported in`)
	eyeless   = wire.Pattern(`(?i)(image|audio) input is not supported|does( not|n't) support (image|audio|vision)`)
	banned    = wire.Pattern(`(?i)unsupported_country|country, region,? or territory|(country|region|location) is not supported`)
	filtered  = []string{"content_filter", "content_policy_violation", "moderation", "safety", "sensitive"}
	unwelcome = []string{"unsupported_", "not_supported", "tool_use_failed"}
)

// kindOf is what the fault says it is, except that a status of 401 is about the
// key whatever else is said, and one of 403 unless it is about money or a filter.
func kindOf(f fault, e *providers.Error) providers.Kind {
	kind := named(f, e)
	switch {
	case e.Status == http.StatusUnauthorized,
		e.Status == http.StatusForbidden && kind != providers.Quota && kind != providers.Declined:
		return providers.Auth
	}
	return kind
}

// named decides by what the service calls the fault, then by its words, then by
// the status, which e.Kind holds already.
func named(f fault, e *providers.Error) providers.Kind {
	name := strings.ToLower(f.code + " " + f.kind)
	holds := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(name, w) {
				return true
			}
		}
		return false
	}
	client := e.Status < 500 || e.Status >= 600
	switch {
	case holds("insufficient_quota", "billing_", "insufficient_balance", "exceeded_current_quota", "arrearage", "freetieronly"),
		client && capped().MatchString(f.message):
		return providers.Quota
	case holds("context_length", "exceed_context"), client && e.Status != http.StatusTooManyRequests && tooLong().MatchString(f.message):
		return providers.ContextFull
	case holds(filtered...), client && flagged().MatchString(f.message):
		return providers.Declined
	case holds("model_not_found"), client && noModel().MatchString(f.message):
		return providers.NotFound
	case holds("invalid_api_key", "authentication"), client && badKey().MatchString(f.message):
		return providers.Auth
	case client && e.RetryAfter == 0 && noCredit().MatchString(f.message):
		return providers.Quota
	case eyeless().MatchString(f.message): // llama.cpp says so with a status of 500
		return providers.Unsupported
	case holds(unwelcome...), e.Kind == providers.NotFound && lacking().MatchString(f.message):
		return providers.Unsupported
	case holds("rate_limit") && e.Kind != providers.ContextFull:
		return providers.RateLimit
	case holds("overloaded", "capacity"), strings.Contains(strings.ToLower(f.message), "overloaded"):
		return providers.Overloaded
	}
	return e.Kind
}

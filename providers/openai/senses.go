package openai

import (
	"strings"

	"juxta/providers"
	"juxta/providers/wire"
)

// senses are what is known of a model before it is asked: what the list told,
// and else what its name tells.
func (s *service) senses(model string) providers.Abilities {
	if can, ok := s.listed.Load(model); ok {
		return can.(providers.Abilities)
	}
	return s.known(model, providers.Abilities{})
}

// known completes what a list told of a model by what the service's
// documentation does.
func (s *service) known(model string, can providers.Abilities) providers.Abilities {
	complete := func(to *providers.Support, by providers.Support) {
		if *to == providers.Unknown {
			*to = by
		}
	}
	switch s.dialect {
	case own:
		by := ownSenses(strings.ToLower(model))
		complete(&can.Images, by.Images)
		complete(&can.Audio, by.Audio)
		complete(&can.Documents, by.Documents)
	case groq, cerebras, together, fireworks, huggingFace, dashScope, local:
		complete(&can.Documents, providers.No) // no request of theirs has a place for a file
	case xAI:
		if _, ok := s.protocol.(chat); ok {
			complete(&can.Documents, providers.No)
		}
	}
	switch s.dialect {
	case deepSeek, groq, cerebras, xAI: // nor for sound in a chat
		complete(&can.Audio, providers.No)
	}
	return can
}

var (
	blindOnes  = wire.Pattern(`^(gpt-3\.5|gpt-4(-\d{4}|-\d{4}-preview|-32k.*|-turbo-preview)?$|o1-mini|o1-preview|o3-mini|gpt-oss|text-)`)
	seeingOnes = wire.Pattern(`^(gpt-4o|gpt-4\.\d|gpt-[5-9]|chatgpt-4o|o1|o[3-9])`)
)

// ownSenses are those of OpenAI's models, of which its list tells nothing but
// names. Documents are read by the models that see, from gpt-4o on. A name that
// tells nothing, as deployments on Azure have, is unknown.
func ownSenses(model string) providers.Abilities {
	no, yes := providers.No, providers.Yes
	switch {
	case strings.Contains(model, "audio"):
		return providers.Abilities{Images: no, Audio: yes, Documents: no}
	case strings.Contains(model, "search"):
		return providers.Abilities{}
	case blindOnes().MatchString(model):
		return providers.Abilities{Images: no, Audio: no, Documents: no}
	case seeingOnes().MatchString(model):
		return providers.Abilities{Images: yes, Audio: no, Documents: yes}
	case strings.HasPrefix(model, "gpt-4-turbo"):
		return providers.Abilities{Images: yes, Audio: no}
	}
	return providers.Abilities{}
}

package anthropic

import (
	"encoding/json"
	"errors"

	"juxta/providers/wire"
)

// An event is one of a stream, of whatever type.
type event struct {
	Type    string          `json:"type"`
	Index   int             `json:"index"`
	Message *begun          `json:"message"`
	Block   *block          `json:"content_block"`
	Delta   delta           `json:"delta"`
	Usage   json.RawMessage `json:"usage"`
	Error   json.RawMessage `json:"error"`
}

// begun is a message whose content is still to come.
type begun struct {
	ID    string          `json:"id"`
	Model string          `json:"model"`
	Usage json.RawMessage `json:"usage"`
}

// A block is a part of the answer as it begins, or all of it where the answer
// comes in one piece.
type block struct {
	Type     string          `json:"type"`
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Text     string          `json:"text"`
	Thinking string          `json:"thinking"`
	Input    json.RawMessage `json:"input"`
}

// A delta is a piece of a block, or what the message ends with.
type delta struct {
	Type        string       `json:"type"`
	Text        string       `json:"text"`
	Thinking    string       `json:"thinking"`
	PartialJSON string       `json:"partial_json"`
	StopReason  string       `json:"stop_reason"`
	StopDetails *stopDetails `json:"stop_details"`
}

// stopDetails tell why an answer was refused.
type stopDetails struct {
	Category    string `json:"category"`
	Explanation string `json:"explanation"`
}

// A wholeMessage is an answer that came in one piece.
type wholeMessage struct {
	Type string `json:"type"`
	begun
	Content     []block         `json:"content"`
	StopReason  string          `json:"stop_reason"`
	StopDetails *stopDetails    `json:"stop_details"`
	Error       json.RawMessage `json:"error"`
}

func parseEvent(data []byte) (event, error) {
	var e event
	if data[0] != '{' {
		return e, errors.New("a part of the answer is no JSON object")
	}
	err := wire.Lenient(data, &e)
	return e, err
}

package cli

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// A scalar is a single value as it is written in the file, and where. Its zero
// value is that of a setting left out.
type scalar struct {
	text string
	at   *token.Token
}

// UnmarshalYAML keeps the literal, so that no number is rounded.
func (s *scalar) UnmarshalYAML(n ast.Node) error {
	s.at = n.GetToken()
	switch n := n.(type) {
	case *ast.NullNode:
	case *ast.StringNode:
		s.text = n.Value
	case *ast.LiteralNode:
		s.text = n.Value.Value
	case *ast.AnchorNode:
		return s.UnmarshalYAML(n.Value)
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode, *ast.AliasNode, *ast.TagNode:
		return wrong(start(n), "there is a single value to be here")
	default:
		s.text = n.GetToken().Value
	}
	return nil
}

func (s scalar) truth() (*bool, error) {
	var v bool
	switch s.text {
	case "":
		return nil, nil
	case "true":
		v = true
	case "false":
	default:
		return nil, wrong(s.at, "this is true or false")
	}
	return &v, nil
}

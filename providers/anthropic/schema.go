package anthropic

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// closed is a JSON Schema in which every object says that it has no properties
// but those it names, without which the service refuses it. The order of the
// properties stays, because it is the order in which the model fills them in.
func closed(schema json.RawMessage) (shut json.RawMessage, changed bool, err error) {
	dec := json.NewDecoder(bytes.NewReader(schema))
	dec.UseNumber()
	c := closer{dec: dec}
	if err := c.value(true); err != nil {
		return nil, false, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, false, errors.New("something follows the schema's end")
	}
	if !c.changed {
		return schema, false, nil
	}
	return c.out.Bytes(), true, nil
}

// A closer copies JSON from token to token.
type closer struct {
	dec     *json.Decoder
	out     bytes.Buffer
	changed bool
}

// value copies a value, which is a schema or holds schemas, or is data of its
// own.
func (c *closer) value(schema bool) error {
	tok, err := c.dec.Token()
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('{'):
		return c.object(schema)
	case json.Delim('['):
		return c.array(schema)
	}
	return c.write(tok)
}

func (c *closer) write(tok json.Token) error {
	text, err := json.Marshal(tok)
	c.out.Write(text)
	return err
}

func (c *closer) array(schema bool) error {
	c.out.WriteByte('[')
	for i := 0; c.dec.More(); i++ {
		if i > 0 {
			c.out.WriteByte(',')
		}
		if err := c.value(schema); err != nil {
			return err
		}
	}
	_, err := c.dec.Token()
	c.out.WriteByte(']')
	return err
}

func (c *closer) object(schema bool) error {
	isObject, says := false, false
	c.out.WriteByte('{')
	for i := 0; c.dec.More(); i++ {
		if i > 0 {
			c.out.WriteByte(',')
		}
		key, err := c.dec.Token()
		if err != nil {
			return err
		}
		if err := c.write(key); err != nil {
			return err
		}
		c.out.WriteByte(':')
		from := c.out.Len()
		switch key {
		case "properties", "$defs", "definitions", "patternProperties":
			isObject = isObject || key == "properties"
			err = c.named(schema)
		case "const", "enum", "default", "examples":
			err = c.value(false)
		default:
			err = c.value(schema)
		}
		if err != nil {
			return err
		}
		says = says || key == "additionalProperties"
		isObject = isObject || key == "type" && bytes.Contains(c.out.Bytes()[from:], []byte(`"object"`))
	}
	if schema && isObject && !says {
		c.changed = true
		if c.out.Bytes()[c.out.Len()-1] != '{' {
			c.out.WriteByte(',')
		}
		c.out.WriteString(`"additionalProperties":false`)
	}
	_, err := c.dec.Token()
	c.out.WriteByte('}')
	return err
}

// named copies schemas under names of the user's own choice, which are no
// keywords.
func (c *closer) named(schema bool) error {
	tok, err := c.dec.Token()
	if err != nil {
		return err
	}
	if tok != json.Delim('{') {
		if tok == json.Delim('[') {
			return c.array(schema)
		}
		return c.write(tok)
	}
	c.out.WriteByte('{')
	for i := 0; c.dec.More(); i++ {
		if i > 0 {
			c.out.WriteByte(',')
		}
		name, err := c.dec.Token()
		if err != nil {
			return err
		}
		if err := c.write(name); err != nil {
			return err
		}
		c.out.WriteByte(':')
		if err := c.value(schema); err != nil {
			return err
		}
	}
	_, err = c.dec.Token()
	c.out.WriteByte('}')
	return err
}

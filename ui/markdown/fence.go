package markdown

import "strings"

// inOpenFence takes a line while code is open, and reports whether it was one
// of the code's. Items forgive lines that are indented less than they are:
// models often forget the indent of code within a list.
func (p *parser) inOpenFence(chain []*box, matched int, rest string) bool {
	for _, b := range chain[matched:] {
		if b.quote {
			p.close(matched)
			return false
		}
	}
	ind := runLength(rest, ' ')
	if ind < 4 && closesFence(rest[ind:], p.fence) {
		p.leaf = none
		return true
	}
	p.codeText(rest[min(ind, p.indent):], false)
	return true
}

func (p *parser) codeText(s string, cont bool) {
	s = expandTabs(s)
	for len(s) > longest {
		n := cutPoint(s)
		p.codePiece(s[:n], cont)
		s, cont = s[n:], true
	}
	p.codePiece(s, cont)
}

func (p *parser) codePiece(s string, cont bool) {
	p.emit(piece{kind: codeLine, text: s, cont: cont, lang: p.lang, state: p.state})
	p.state = p.lang.advance(s, p.state)
}

// inOpenFormula takes a line of LaTeX between $$ or \[ and their ends.
func (p *parser) inOpenFormula(rest string, empty bool) {
	if empty || len(p.text) > longest {
		p.closeLeaf()
		p.blank = true
		if !empty {
			p.addText(rest, false)
		}
		return
	}
	rest = strings.TrimRight(rest, " ")
	closer := "$$"
	if p.text[0] == '\\' {
		closer = `\]`
	}
	p.text += "\n" + expandTabs(rest)
	if strings.HasSuffix(rest, closer) {
		p.closeLeaf()
	}
}

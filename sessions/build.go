package sessions

import "juxta/providers"

// A Build is the [providers.Build] that answered. Its Template is left out where an
// answer before has the same, which SHA256 tells.
type Build struct {
	providers.Build
	SHA256 string `json:"template_sha256,omitempty"` // of the template; "" if that is not known
}

// built takes what a server said of itself.
func built(b *providers.Build) *Build {
	if b == nil {
		return nil
	}
	kept := Build{Build: *b}
	if b.Template != "" {
		kept.SHA256 = sumOf([]byte(b.Template))
	}
	return &kept
}

// spare leaves the answer's template out if one of the session's answers before,
// since it was opened, has it.
func (d *desk) spare(a *Answer) {
	if a.Build == nil || a.Build.Template == "" {
		return
	}
	if d.templates == nil {
		d.templates = map[string]bool{}
	}
	if d.templates[a.Build.SHA256] {
		short := *a.Build
		short.Template = ""
		a.Build = &short
	}
	if a.Build.Template != "" {
		d.templates[a.Build.SHA256] = true
	}
}

package tui

// scrolled is by how many lines a key scrolls, of which pgdown goes a page. g and
// G go beyond either end: whoever scrolls bounds it.
func scrolled(key string, page int) (by int, ok bool) {
	const beyond = 1 << 24
	switch key {
	case "j", "down":
		return 1, true
	case "k", "up":
		return -1, true
	case "pgdown", "space":
		return page, true
	case "pgup":
		return -page, true
	case "g", "home":
		return -beyond, true
	case "G", "end":
		return beyond, true
	}
	return 0, false
}

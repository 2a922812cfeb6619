package sandbox

import (
	"embed"
	"net/http"
)

//go:embed page
var page embed.FS

var pageFiles = map[string][2]string{
	"/":         {"page/index.html", "text/html; charset=utf-8"},
	"/chat.js":  {"page/chat.js", "text/javascript; charset=utf-8"},
	"/chat.css": {"page/chat.css", "text/css; charset=utf-8"},
}

// servePage serves the chat page. It loads nothing from anywhere else, and the
// policy sees to it.
func servePage(w http.ResponseWriter, r *http.Request) {
	file, ok := pageFiles[r.URL.Path]
	if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r)
		return
	}
	b, err := page.ReadFile(file[0])
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", file[1])
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Write(b)
}

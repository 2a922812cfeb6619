package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"image"
	_ "image/gif" // the formats whose size can be read
	_ "image/jpeg"
	_ "image/png"
	"mime"
	"net/http"
	"path"
	"strings"
)

// file is stored content under one file_id. The same bytes sent twice share
// the unique id, not the file_id, as with Telegram.
type file struct {
	id     string
	unique string
	kind   string
	name   string
	mime   string
	data   []byte
	width  int
	height int
	path   string
}

// keep stores bytes. The caller holds s.mu.
func (s *Sandbox) keep(kind, name, mimeType string, data []byte) *file {
	s.fileCount++
	sum := sha256.Sum256(data)
	f := &file{
		kind: kind, name: name, mime: mimeType, data: data,
		id:     fmt.Sprintf("Sbx%s-%d-%s", kind[:2], s.fileCount, base64.RawURLEncoding.EncodeToString(sum[:18])),
		unique: "Ag" + kind[:1] + base64.RawURLEncoding.EncodeToString(sum[:12]),
	}
	if f.mime == "" || f.mime == "application/octet-stream" {
		f.mime = mime.TypeByExtension(path.Ext(name))
	}
	if f.mime == "" {
		f.mime = http.DetectContentType(data)
	}
	f.mime, _, _ = strings.Cut(f.mime, ";")
	if kind == "photo" {
		f.mime = http.DetectContentType(data)
		f.width, f.height = 800, 600
		if conf, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
			f.width, f.height = conf.Width, conf.Height
		}
	}
	f.path = fmt.Sprintf("%ss/file_%d%s", kind, s.fileCount, extension(f))
	s.files[f.id] = f
	if kind == "photo" {
		for _, size := range f.sizes() {
			s.files[size.FileID] = f
		}
	}
	return f
}

func extension(f *file) string {
	if ext := path.Ext(f.name); ext != "" && len(ext) <= 8 && !strings.ContainsAny(ext, "/\\?#%") {
		return ext
	}
	switch f.kind {
	case "photo":
		return ".jpg"
	case "voice":
		return ".oga"
	case "video", "video_note":
		return ".mp4"
	}
	return ""
}

func (f *file) public() *Attachment {
	return &Attachment{Kind: f.kind, Name: f.name, Type: f.mime, Size: len(f.data), Width: f.width, Height: f.height, ID: f.id}
}

func (f *file) wire() wireFile {
	w := wireFile{FileID: f.id, FileUniqueID: f.unique, FileName: f.name, MimeType: f.mime, FileSize: len(f.data)}
	if f.kind != "document" && f.kind != "photo" {
		none := 1
		w.Duration = &none
		if f.kind == "video" {
			w.Width, w.Height = 640, 360
		}
	}
	return w
}

// sizes lists a photo's sizes, smallest first. All have the bytes that were
// sent: nothing is scaled here, only the numbers say so.
func (f *file) sizes() []wireFile {
	var list []wireFile
	longest := max(f.width, f.height, 1)
	for _, s := range []struct {
		name string
		side int
	}{{"s", 90}, {"m", 320}, {"", 1280}} {
		if s.name != "" && longest <= s.side {
			continue
		}
		side := min(s.side, longest)
		w := wireFile{
			FileID: f.id + s.name, FileUniqueID: f.unique + s.name,
			Width: max(1, f.width*side/longest), Height: max(1, f.height*side/longest),
			FileSize: len(f.data),
		}
		list = append(list, w)
	}
	return list
}

// Bytes returns the content of an attachment by its ID.
func (s *Sandbox) Bytes(fileID string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[fileID]
	if f == nil {
		return nil, false
	}
	return f.data, true
}

func (s *Sandbox) getFile(c *call) (any, *failure) {
	id := c.value("file_id")
	f := s.files[id]
	switch {
	case f == nil:
		return nil, badRequest("invalid file_id")
	case len(f.data) > maxDownload:
		return nil, badRequest("file is too big")
	}
	s.paths[f.path] = f
	w := f.wire()
	for _, size := range f.sizes() {
		if f.kind == "photo" && size.FileID == id {
			w.FileUniqueID = size.FileUniqueID
		}
	}
	return map[string]any{"file_id": id, "file_unique_id": w.FileUniqueID, "file_size": len(f.data), "file_path": f.path}, nil
}

// serveFile answers /file/bot<token>/<path>. A path is known once getFile has
// named it.
func (s *Sandbox) serveFile(w http.ResponseWriter, r *http.Request) {
	rest := strings.TrimPrefix(r.URL.Path, "/file/bot")
	name, ok := strings.CutPrefix(rest, s.options.Token+"/")
	if !ok || s.options.Token == "" {
		writeFailure(w, &failure{code: 401, description: "Unauthorized"})
		return
	}
	if s.inject(w, "file") {
		return
	}
	s.mu.Lock()
	f := s.paths[name]
	s.mu.Unlock()
	if f == nil {
		writeFailure(w, &failure{code: 404, description: "Not Found"})
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", "attachment")
	w.Header().Set("Content-Length", fmt.Sprint(len(f.data)))
	w.Write(f.data)
}

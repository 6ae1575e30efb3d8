package providers_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"juxta/providers"
)

// A picture's, a document's and a sound's bytes arrive as they were given, in
// their order, or nothing is sent. Every service here is asked at its own
// address, because some are told apart by it, over a real connection.

// A place is where pictures are sent to.
type place struct {
	name, api, base string
	takes           []string          // beside pictures
	models          map[string]string // by what is sent; "" for everything else
}

// services are the APIs, and OpenRouter, whose dialect differs.
var services = []place{
	{"openai-chat", "openai-chat-completions", "https://api.openai.com/v1", []string{"application/pdf", "audio/wav"}, map[string]string{"": "gpt-5.1", "audio/wav": "gpt-audio"}},
	{"openai", "openai-responses", "https://api.openai.com/v1", []string{"application/pdf"}, map[string]string{"": "gpt-5.1", "audio/wav": "gpt-audio"}},
	{"openrouter", "openai-chat-completions", "https://openrouter.ai/api/v1", []string{"application/pdf", "audio/wav", "audio/flac"}, map[string]string{"": "some/model"}},
	{"anthropic", "anthropic-messages", "https://api.anthropic.com", []string{"application/pdf"}, map[string]string{"": "claude-opus-5"}},
	{"gemini", "gemini-generateContent", "https://generativelanguage.googleapis.com", []string{"application/pdf", "audio/wav", "audio/flac"}, map[string]string{"": "gemini-3-flash"}},
	{"ollama", "ollama-native", "http://127.0.0.1:11434", nil, map[string]string{"": "m"}},
}

// detour carries requests for any service to a server of the test's.
type detour struct{ to *url.URL }

func (d detour) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = d.to.Scheme, d.to.Host
	return http.DefaultTransport.RoundTrip(r)
}

// A listener is a service that keeps what it is told, and answers nothing of
// use.
type listener struct {
	mu     sync.Mutex
	bodies [][]byte // of questions
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	switch {
	case strings.HasSuffix(r.URL.Path, "/api/show"):
		_, _ = io.WriteString(w, `{"capabilities":["completion","vision"],"model_info":{"general.architecture":"a","a.context_length":8192}}`)
		return
	case strings.HasSuffix(r.URL.Path, "/api/tags"), strings.HasSuffix(r.URL.Path, "/api/version"):
		_, _ = io.WriteString(w, `{}`)
		return
	case strings.HasSuffix(r.URL.Path, "/api/ps"):
		_, _ = io.WriteString(w, `{"models":[]}`)
		return
	case err == nil && int64(len(body)) == r.ContentLength:
		l.mu.Lock()
		l.bodies = append(l.bodies, body)
		l.mu.Unlock()
	}
	http.Error(w, `{"error":{"message":"not today"}}`, http.StatusServiceUnavailable)
}

// listening is a provider, and what hears its questions.
func listening(t *testing.T, api, base string) (providers.Provider, *listener) {
	t.Helper()
	l := &listener{}
	s := httptest.NewServer(l)
	t.Cleanup(s.Close)
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	p, err := builders[api](providers.Endpoint{Name: "lab", BaseURL: base, Key: providers.NewSecret(key), Network: detour{to}})
	if err != nil {
		t.Fatal(err)
	}
	return p, l
}

// attached are the attachments that stand in a request's JSON, in their order:
// what decodes as base64 and is too long for a word.
func attached(t *testing.T, body []byte) (found [][]byte) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatalf("%v in %.300s", err, body)
		}
		s, _ := token.(string)
		if _, data, ok := strings.Cut(s, ";base64,"); ok {
			s = data
		}
		if data, err := base64.StdEncoding.DecodeString(s); err == nil && len(data) > 64 {
			found = append(found, data)
		}
	}
}

// noise is a picture in which no pixel is like its neighbour.
func noise(seed uint64) *image.NRGBA {
	rng := rand.New(rand.NewPCG(seed, 5))
	img := image.NewNRGBA(image.Rect(0, 0, 61, 47))
	for i := range img.Pix {
		img.Pix[i] = byte(rng.Uint32())
	}
	return img
}

// album is a PNG and a JPEG.
func album(t *testing.T) (asPNG, asJPEG []byte) {
	t.Helper()
	var a, b bytes.Buffer
	if err := png.Encode(&a, noise(1)); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&b, noise(2), &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return a.Bytes(), b.Bytes()
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// pixels are a picture's colours.
func pixels(t *testing.T, data []byte) (all []color.Color) {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			all = append(all, img.At(x, y))
		}
	}
	return all
}

// shown is a conversation in which a picture was shown before two others.
func shown(model string, first, second, third []byte) providers.Request {
	return providers.Request{Model: model, Messages: []providers.Message{
		{Parts: []providers.Part{providers.Blob{Name: "0.png", MIME: "image/png", Data: first}, providers.Text("and this?")}},
		providers.Says(providers.Assistant, "noise"),
		{Parts: []providers.Part{
			providers.Blob{Name: "1.png", MIME: "image/png", Data: second},
			providers.Text("and"),
			providers.Blob{Name: "2.jpg", MIME: "image/jpeg", Data: third},
			providers.Text("these?"),
		}},
	}}
}

func TestPicturesArriveAsTheyWereGiven(t *testing.T) {
	asPNG, asJPEG := album(t)
	for _, s := range services {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p, l := listening(t, s.api, s.base)
			got := listen(t, p, shown(s.models[""], pixel, asPNG, asJPEG))
			if got.err == nil || len(l.bodies) != 1 {
				t.Fatalf("%d questions arrived: %v", len(l.bodies), got.err)
			}
			found := attached(t, l.bodies[0])
			for i, want := range [][]byte{pixel, asPNG, asJPEG} {
				if i >= len(found) || sum(found[i]) != sum(want) {
					t.Fatalf("%d pictures arrived, and number %d is another one", len(found), i+1)
				}
				if !slices.Equal(pixels(t, found[i]), pixels(t, want)) {
					t.Errorf("the pixels of picture %d differ", i+1)
				}
			}
			if len(found) != 3 {
				t.Errorf("%d pictures arrived, and 3 were given", len(found))
			}
		})
	}
}

func TestFilesArriveAsTheyWereGivenOrNothingIsSent(t *testing.T) {
	data := noise(3).Pix[:1000]
	for _, s := range services {
		for _, mime := range []string{"application/pdf", "audio/wav", "audio/flac", "video/x-matroska", "application/zip", "image/tiff", "image/bmp", "image/svg+xml"} {
			t.Run(s.name+"/"+mime, func(t *testing.T) {
				t.Parallel()
				model := s.models[mime]
				if model == "" {
					model = s.models[""]
				}
				if s.name == "gemini" && strings.HasPrefix(mime, "video/") {
					t.Skip("Gemini takes films, which juxta does not attach")
				}
				p, l := listening(t, s.api, s.base)
				got := listen(t, p, providers.Request{Model: model, Messages: []providers.Message{{Parts: []providers.Part{
					providers.Blob{Name: "dir/../a\x1b[2J b.pdf", MIME: mime, Data: data}, providers.Text("what is this?"),
				}}}})
				if got.err == nil {
					t.Fatal("the service declined, and no error came")
				}
				if !slices.Contains(s.takes, mime) {
					if got.err.Kind != providers.Unsupported || got.err.Status != 0 || len(l.bodies) != 0 || len(got.sent) != 0 {
						t.Errorf("%v, %d requests were sent", got.err, len(l.bodies))
					}
					return
				}
				if len(l.bodies) != 1 {
					t.Fatal(got.err)
				}
				if found := attached(t, l.bodies[0]); len(found) != 1 || sum(found[0]) != sum(data) {
					t.Errorf("%d attachments arrived, or another one", len(found))
				}
				if body := string(l.bodies[0]); strings.Contains(body, `\u001b`) || strings.Contains(body, "dir/") {
					t.Errorf("the path or a control character was told: %.300s", body)
				}
			})
		}
	}
}

// What a service is known to refuse is refused here, with the figure, before
// 30 MB leave for nothing.
func TestSizesThatAServiceRefusesAreNotSent(t *testing.T) {
	large := func(w, h, fill int) []byte { // a PNG of w×h by its header, followed by fill bytes
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
			t.Fatal(err)
		}
		return append(b.Bytes(), make([]byte, fill)...)
	}
	blobs := func(n int, mime string, data []byte) providers.Message {
		m := providers.Says(providers.User, "?")
		for range n {
			m.Parts = append(m.Parts, providers.Blob{MIME: mime, Data: data})
		}
		return m
	}
	for name, c := range map[string]struct {
		service string
		m       providers.Message
		words   string // "" if it is sent
	}{
		"wide":                   {"anthropic", blobs(1, "image/png", large(8001, 2, 0)), "8000 pixels"},
		"just as wide as may be": {"anthropic", blobs(1, "image/png", large(8000, 2, 0)), ""},
		"wide, among many":       {"anthropic", blobs(21, "image/png", large(2001, 2, 0)), "2000 pixels"},
		"as wide, among few":     {"anthropic", blobs(20, "image/png", large(2001, 2, 0)), ""},
		"heavy":                  {"anthropic", blobs(1, "image/png", large(9, 9, 8_000_000)), "7.5 MB"},
		"together too heavy":     {"anthropic", blobs(5, "image/png", large(9, 9, 6_000_000)), "32 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			i := slices.IndexFunc(services, func(s place) bool { return s.name == c.service })
			p, l := listening(t, services[i].api, services[i].base)
			got := listen(t, p, providers.Request{Model: services[i].models[""], Messages: []providers.Message{c.m}})
			if c.words == "" {
				if len(l.bodies) != 1 {
					t.Errorf("not sent: %v", got.err)
				}
				return
			}
			if got.err == nil || got.err.Kind != providers.Unsupported || !strings.Contains(got.err.Error(), c.words) || got.err.Hint == "" || len(l.bodies) != 0 {
				t.Errorf("%v (%s), %d sent", got.err, got.err.Advice(), len(l.bodies))
			}
		})
	}
}

// TestPicturesReachTheScriptedServer asks the server whose address JUXTA_MOCK
// holds, which lists the pictures that it was shown by their hashes.
func TestPicturesReachTheScriptedServer(t *testing.T) {
	mock := os.Getenv("JUXTA_MOCK")
	if mock == "" {
		t.Skip("JUXTA_MOCK does not name a scripted server")
	}
	asPNG, asJPEG := album(t)
	for api, build := range builders {
		base := mock
		if api == "openai-chat-completions" || api == "openai-responses" {
			base += "/v1"
		}
		p, err := build(providers.Endpoint{Name: "lab", BaseURL: base})
		if err != nil {
			t.Fatal(err)
		}
		model := fmt.Sprintf("mock:ttft=1,tps=0,n=5,id=%s-%d", api, os.Getpid())
		if got := listen(t, p, shown(model, pixel, asPNG, asJPEG)); got.err != nil {
			t.Errorf("%s: %v", api, got.err)
			continue
		}
		if want, seen := []string{sum(pixel), sum(asPNG), sum(asJPEG)}, mockSaw(t, mock, model); !slices.Equal(seen, want) {
			t.Errorf("%s: it saw %q, want %q", api, seen, want)
		}
	}
}

// mockSaw are the pictures that the scripted server was shown with a model's
// question.
func mockSaw(t *testing.T, mock, model string) (sums []string) {
	t.Helper()
	resp, err := http.Get(mock + "/_mock/log")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := json.NewDecoder(resp.Body)
	for {
		var line struct {
			Model string `json:"model"`
			Turns []struct {
				Images []struct {
					SHA256 string `json:"sha256"`
				} `json:"images"`
			} `json:"turns"`
		}
		if err := lines.Decode(&line); err == io.EOF {
			return sums
		} else if err != nil {
			t.Fatal(err)
		}
		if line.Model == model {
			for _, turn := range line.Turns {
				for _, i := range turn.Images {
					sums = append(sums, i.SHA256)
				}
			}
		}
	}
}

// What services say about a picture that they do not take is told as that, with
// what to do. The words are theirs, in short.
func TestRefusedPicturesAreToldWithWhatToDo(t *testing.T) {
	for _, c := range []struct {
		api    string
		status int
		body   string
		kind   providers.Kind
		advice string
	}{
		{"anthropic-messages", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 5930404 bytes > 5242880 bytes"}}`, providers.Unsupported, "scale the picture down"},
		{"anthropic-messages", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"messages.8.content.1.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels"}}`, providers.Unsupported, "scale the picture down"},
		{"anthropic-messages", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"Could not process image"}}`, providers.Unsupported, "PNG or JPEG"},
		{"anthropic-messages", 413, `{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}`, providers.ContextFull, "scale the pictures down"},
		{"openai-chat-completions", 400, `{"error":{"message":"You uploaded an unsupported image. Please make sure your image is valid.","type":"invalid_request_error","param":null,"code":"invalid_image"}}`, providers.Unsupported, "PNG or JPEG"},
		{"openai-chat-completions", 400, `{"error":{"message":"Invalid content type. image_url is only supported by certain models.","type":"invalid_request_error","param":"messages.[0].content.[1].type","code":null}}`, providers.Unsupported, "model with vision"},
		{"openai-chat-completions", 404, `{"error":{"message":"No endpoints found that support image input","code":404}}`, providers.Unsupported, "model with vision"},
		{"openai-chat-completions", 500, `{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}`, providers.Unsupported, "model with vision"},
		{"openai-chat-completions", 413, `<html><head><title>413 Request Entity Too Large</title></head></html>`, providers.ContextFull, "scale the pictures down"},
		{"openai-responses", 400, `{"error":{"message":"The image data you provided does not represent a valid image. Please check your input and try again.","type":"invalid_request_error","param":"input","code":"invalid_value"}}`, providers.Unsupported, "PNG or JPEG"},
		{"gemini-generateContent", 400, `{"error":{"code":400,"message":"Unable to process input image. Please retry or report","status":"INVALID_ARGUMENT"}}`, providers.Unsupported, "PNG or JPEG"},
		{"gemini-generateContent", 400, `{"error":{"code":400,"message":"Request payload size exceeds the limit: 104857600 bytes.","status":"INVALID_ARGUMENT"}}`, providers.ContextFull, "scale the pictures down"},
		{"gemini-generateContent", 400, `{"error":{"code":400,"message":"Image input modality is not enabled for models/x","status":"INVALID_ARGUMENT"}}`, providers.Unsupported, "model with vision"},
		{"ollama-native", 500, `{"error":"Failed to create new sequence: failed to process inputs: image: unknown format"}`, providers.Unsupported, "PNG or JPEG"},
		{"ollama-native", 500, `{"error":"this model is missing data required for image input"}`, providers.Unsupported, "choose"},
	} {
		rec := &recording{API: c.api, Provider: "openai", Model: "m", Status: c.status, body: []byte(c.body)}
		got := listen(t, rec.over(t, &network{split: whole}), rec.ask())
		if got.err == nil || got.err.Kind != c.kind || !strings.Contains(got.err.Advice(), c.advice) || got.err.Retryable() {
			t.Errorf("%s, %s:\n%v (%s), want %s and advice on %q", c.api, c.body, got.err, got.err.Advice(), c.kind, c.advice)
		}
	}
}

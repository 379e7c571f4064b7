package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A page with all that the other tests look for, so that they can be believed
// when they find nothing.
const faulty = `<!DOCTYPE html><html><head><title></title></head><body>
<main><img src="missing.png"><p style="color: #ccc; background: #fff; width: 3000px">faint</p></main>
<script>console.error("oh"); setTimeout(() => { throw new Error("no") }, 0)</script>
</body></html>`

func TestWhatIsWrongWithAPageIsFound(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, faulty)
	}))
	defer server.Close()
	b := openTab(t, looks()[0])
	b.show(server.URL)
	if overflow(b) <= 0 {
		t.Error("a page of 3000 pixels fits on the screen")
	}
	var found []string
	for _, f := range findings(b) {
		found = append(found, f.ID)
	}
	for _, want := range []string{"image-alt", "color-contrast", "document-title", "html-has-lang"} {
		if !strings.Contains(strings.Join(found, " "), want) {
			t.Errorf("axe-core finds %v and not %s", found, want)
		}
	}
	var complaints []string
	eventually(t, "three complaints of the browser", func() bool {
		select {
		case c := <-b.complaints:
			complaints = append(complaints, c)
		default:
		}
		return len(complaints) >= 3
	})
	for _, want := range []string{"console.error", "exception", "404"} {
		if !strings.Contains(strings.Join(complaints, "\n"), want) {
			t.Errorf("the browser complains of %q and not of %s", complaints, want)
		}
	}
}

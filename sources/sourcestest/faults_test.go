package sourcestest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

// whole is what the desk answers where it is not spoilt.
var whole = `{"tickets":[` + strings.Repeat(`{"id":1},`, 40) + `{"id":2}]}`

// outcome asks once and says in a word or two what came of it.
func outcome(c *http.Client) string {
	answer, err := c.Post("http://desk.example/tickets?page=1", "application/json", strings.NewReader(`{"page":1}`))
	if err != nil {
		return "no answer"
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	switch {
	case answer.StatusCode != http.StatusOK && answer.Header.Get("Retry-After") != "":
		return answer.Status[:3] + " with Retry-After"
	case answer.StatusCode != http.StatusOK:
		return answer.Status[:3]
	case err != nil:
		return "torn"
	case len(body) == 0:
		return "empty"
	case string(body) == whole:
		return "well"
	default:
		return string(body)
	}
}

// client asks by a dialer, always on a new connection.
func client(t *testing.T, h http.Handler) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: sourcestest.Serve(t, h), DisableKeepAlives: true}, Timeout: time.Minute}
}

var well = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if string(body) == `{"page":1}` {
		_, _ = io.WriteString(w, whole)
	}
})

func TestFaultsSpoilTheirShareInEveryWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &sourcestest.Faults{Seed: 1, Share: 0.2}
		c := client(t, f.Wrap(well))
		got := map[string]int{}
		const n = 2000
		for range n {
			got[outcome(c)]++
		}
		if bad := n - got["well"]; bad != f.Made() || bad < n/6 || bad > n/4 {
			t.Errorf("%d of %d answers were bad, Made says %d; want about a fifth", bad, n, f.Made())
		}
		const html = "<!DOCTYPE html><html><body><h1>We are doing maintenance</h1></body></html>"
		for _, what := range []string{
			"429 with Retry-After", "429", "500", "502", "503", "504", "520", "408", "409", html, "torn", "empty", "no answer",
		} {
			if got[what] < 10 {
				t.Errorf("%q came %d times", what, got[what])
			}
			delete(got, what)
		}
		delete(got, "well")
		if len(got) > 0 {
			t.Errorf("what else came: %v", got)
		}
	})
}

func TestNoFaultsWithoutAShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(t, (&sourcestest.Faults{Seed: 1}).Wrap(well))
		for range 200 {
			if got := outcome(c); got != "well" {
				t.Fatal(got)
			}
		}
	})
}

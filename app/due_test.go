package app

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/exporter-toolkit/web"

	"helpdesk_exporter/book"
	"helpdesk_exporter/desk"
)

const (
	// The password of ann is hunter2.
	annMayLogIn = "basic_auth_users: {ann: $2b$04$PRYNdvxWq2Bv6R4vFDchU.yVQ5LnYPUb9n2bp9RriPenygjDTdwPq}\n"
	nobodyMay   = "http_server_config: {http2: true}\n"
)

// listing lets the due list be shown under a web configuration.
func listing(t *testing.T, text string) func(*Options) {
	file := filepath.Join(t.TempDir(), "web.yml")
	write(t, file, text)
	return func(o *Options) { o.EnableDueList, o.Web = true, &web.FlagConfig{WebConfigFile: &file} }
}

// askDue asks for the due list as somebody.
func (r *rig) askDue(query, user string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	q := httptest.NewRequest(http.MethodGet, "/due"+query, nil)
	if user != "" {
		q.SetBasicAuth(user, "hunter2")
	}
	for _, f := range change {
		f(q)
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, q)
	return w
}

func withCertificate(verified bool) func(*http.Request) {
	return func(r *http.Request) {
		r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{}}}
		if verified {
			r.TLS.VerifiedChains = [][]*x509.Certificate{{{}}}
		}
	}
}

func TestTheDueListIsOnlyForThoseWhoLogIn(t *testing.T) {
	for name, test := range map[string]struct {
		options func(*testing.T) func(*Options)
		user    string
		change  func(*http.Request)
		code    int
		says    string
	}{
		"not enabled":          {func(*testing.T) func(*Options) { return func(*Options) {} }, "ann", withCertificate(true), http.StatusForbidden, "--web.enable-due-list"},
		"no web configuration": {func(*testing.T) func(*Options) { return func(o *Options) { o.EnableDueList = true } }, "ann", nil, http.StatusForbidden, "--web.config.file"},
		"an empty name of the file": {func(*testing.T) func(*Options) {
			return func(o *Options) { o.EnableDueList, o.Web = true, &web.FlagConfig{WebConfigFile: new(string)} }
		}, "ann", nil, http.StatusForbidden, "--web.config.file"},
		"no users, made-up words":  {func(t *testing.T) func(*Options) { return listing(t, nobodyMay) }, "ann", nil, http.StatusForbidden, "basic_auth_users"},
		"users, no words":          {func(t *testing.T) func(*Options) { return listing(t, annMayLogIn) }, "", nil, http.StatusForbidden, "basic_auth_users"},
		"users, another one":       {func(t *testing.T) func(*Options) { return listing(t, annMayLogIn) }, "bob", nil, http.StatusForbidden, "basic_auth_users"},
		"a user":                   {func(t *testing.T) func(*Options) { return listing(t, annMayLogIn) }, "ann", nil, http.StatusOK, `{"due":[]}`},
		"a verified certificate":   {func(t *testing.T) func(*Options) { return listing(t, nobodyMay) }, "", withCertificate(true), http.StatusOK, `{"due":[]}`},
		"one that nobody verified": {func(t *testing.T) func(*Options) { return listing(t, nobodyMay) }, "", withCertificate(false), http.StatusForbidden, "client_auth_type"},
		"a broken file":            {func(t *testing.T) func(*Options) { return listing(t, "basic_auth_users: hunter2\n") }, "ann", nil, http.StatusInternalServerError, "the log says why"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, newStage(), configOf(tickets), test.options(t))
				synctest.Wait()
				var change []func(*http.Request)
				if test.change != nil {
					change = append(change, test.change)
				}
				w := r.askDue("", test.user, change...)
				if w.Code != test.code || !strings.Contains(w.Body.String(), test.says) {
					t.Errorf("answered %d %s, want %d and something of %q", w.Code, w.Body, test.code, test.says)
				}
				if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("the headers are %v", w.Header())
				}
				if strings.Contains(w.Body.String()+r.log.String(), "hunter2") {
					t.Errorf("a password is shown: %s %s", w.Body, r.log.String())
				}
			})
		})
	}
}

// Who may log in is decided by the file as it is now.
func TestTheDueListFollowsTheWebConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newStage(), configOf(tickets), listing(t, annMayLogIn))
		synctest.Wait()
		for _, step := range []struct {
			text string
			code int
		}{{annMayLogIn, http.StatusOK}, {nobodyMay, http.StatusForbidden}, {annMayLogIn, http.StatusOK}} {
			write(t, *r.options.Web.WebConfigFile, step.text)
			if w := r.askDue("", "ann"); w.Code != step.code {
				t.Errorf("under %s: answered %d %s, want %d", step.text, w.Code, w.Body, step.code)
			}
		}
	})
}

// The server in front checks the password; here the two work together.
func TestTheServerChecksThePasswordBeforeTheDueListIsShown(t *testing.T) {
	o := options(t)
	listing(t, annMayLogIn)(&o)
	o.Web.WebListenAddresses = &[]string{"127.0.0.1:0"}
	a, err := New(o, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer a.journal.Close()
	handler := a.handler()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	ended := make(chan error)
	go func() { ended <- web.Serve(listener, server, o.Web, o.Logger) }()
	defer func() {
		_ = server.Close()
		<-ended
	}()
	for _, c := range []struct {
		header string
		code   int
	}{
		{"", http.StatusUnauthorized},
		{"Basic " + base64.StdEncoding.EncodeToString([]byte("ann:wrong")), http.StatusUnauthorized},
		{"Basic " + base64.StdEncoding.EncodeToString([]byte("bob:hunter2")), http.StatusUnauthorized},
		{"Basic " + base64.StdEncoding.EncodeToString([]byte("ann:hunter2")), http.StatusOK},
	} {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/due", nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.header != "" {
			q.Header.Set("Authorization", c.header)
		}
		answer, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != c.code {
			t.Errorf("%q: answered %d, want %d", c.header, answer.StatusCode, c.code)
		}
	}
}

func TestABadQueryForTheDueListIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newStage(), configOf(tickets, globex), listing(t, annMayLogIn))
		synctest.Wait()
		for query, says := range map[string]string{
			"?desk=acme": "", "?source=globex&limit=1": "", "?limit=1000": "", "?desk=acme&source=tickets": "", "?desk=": "",
			"?limit=0": "from 1 to 1000", "?limit=1001": "from 1 to 1000", "?limit=ten": "from 1 to 1000", "?limit=": "from 1 to 1000",
			"?desk=initech": `no desk "initech"`, "?source=mail": `no source "mail"`, "?desk=globex&source=tickets": "another desk",
			"?desk=acme&desk=globex": "2 times", "?desc=acme": "desk, source, overdue and limit", "?overdue=maybe": "neither true nor false", "?%zz": "cannot be read",
		} {
			w := r.askDue(query, "ann")
			want := http.StatusBadRequest
			if says == "" {
				want = http.StatusOK
			}
			if w.Code != want || !strings.Contains(w.Body.String(), says) {
				t.Errorf("%s: answered %d %s, want %d and something of %q", query, w.Code, w.Body, want, says)
			}
		}
		if w := r.ask(http.MethodPost, "/due"); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("POST is answered with %d", w.Code)
		}
	})
}

const linked = "  - {name: tickets, desk: acme, type: played, ticket_url: \"https://acme.example/t/{id}?from=pager\"}\n"

// pledge lets a source report an open ticket that is to be solved by a moment.
func (s *stage) pledge(source, id string, due time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	created := time.Now().Add(-time.Hour)
	s.records[source] = append(s.records[source], desk.Record{ID: id, Body: &desk.Ticket{
		CreatedAt: created, UpdatedAt: created, Status: desk.StatusOpen, ResolutionDueAt: due,
	}})
}

func TestTheDueListShowsThePromisesOfOpenTickets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage()
		now := time.Now().UTC()
		s.pledge("tickets", "2", now.Add(time.Hour))
		s.pledge("tickets", "a/b c", now.Add(-10*time.Minute))
		s.pledge("globex", "9", now.Add(30*time.Minute))
		r := newRig(t, s, configOf(linked, globex), listing(t, annMayLogIn))
		synctest.Wait()
		at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
		late := promise{"acme", "tickets", "a/b c", "resolution", "source", at(-10 * time.Minute), true, "https://acme.example/t/a%2Fb%20c?from=pager"}
		other := promise{"globex", "globex", "9", "resolution", "source", at(30 * time.Minute), false, ""}
		soon := promise{"acme", "tickets", "2", "resolution", "source", at(time.Hour), false, "https://acme.example/t/2?from=pager"}
		for query, want := range map[string][]promise{
			"":                     {late, other, soon},
			"?desk=acme":           {late, soon},
			"?source=globex":       {other},
			"?desk=acme&limit=1":   {late, soon},
			"?limit=1":             {late, other},
			"?overdue=true":        {late},
			"?overdue=0":           {other, soon},
			"?desk=globex&limit=5": {other},
		} {
			w := r.askDue(query, "ann")
			var got struct{ Due []promise }
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("%s: %v in %d %s", query, err, w.Code, w.Body)
			}
			if len(got.Due) != len(want) {
				t.Errorf("%s: got %v, want %v", query, got.Due, want)
				continue
			}
			for i := range want {
				if got.Due[i] != want[i] {
					t.Errorf("%s: line %d is %v, want %v", query, i, got.Due[i], want[i])
				}
			}
		}
		page := r.askDue("", "ann", func(q *http.Request) { q.Header.Set("Accept", "text/html,*/*;q=0.8") }).Body.String()
		if strings.Index(page, "a/b c") > strings.Index(page, ">9<") || strings.Count(page, "overdue") != 1 {
			t.Errorf("the page is\n%s", page)
		}
		if strings.Contains(r.log.String(), "a/b c") {
			t.Errorf("the log names a ticket: %s", r.log.String())
		}
	})
}

func TestADuePageIsPlainAndEscaped(t *testing.T) {
	w := httptest.NewRecorder()
	new(App).writeDuePage(w, promisesOf([]book.Due{
		{Desk: "acme", Source: "tickets", Ticket: `<b>"1"</b>`, Policy: "<i>gold</i>", Target: desk.TargetNextResponse, At: time.Date(2026, 3, 2, 12, 0, 0, 0, time.FixedZone("", 7200))},
		{Desk: "acme", Source: "chats", Ticket: "2", Policy: "source", At: time.Date(2026, 3, 2, 13, 0, 0, 0, time.UTC)},
	}, []book.SourceConfig{{Name: "tickets", TicketURL: "https://acme.example/t/{id}"}}, time.Date(2026, 3, 2, 10, 0, 0, 1, time.UTC)))
	page := w.Body.String()
	for _, want := range []string{
		`<html lang="en">`, "<caption>", `<th scope="col">Due at</th>`, "2026-03-02T10:00:00Z", "<strong>overdue</strong>", "pending",
		`<a href="https://acme.example/t/%3Cb%3E%221%22%3C%2Fb%3E">&lt;b&gt;&#34;1&#34;&lt;/b&gt;</a>`, "next response", `<th scope="row">2</th>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("nothing of %s in\n%s", want, page)
		}
	}
	if strings.Contains(page, "<b>") || strings.Contains(page, "<i>") || strings.Contains(page, "<script") {
		t.Errorf("foreign words are read as HTML:\n%s", page)
	}
	if got := w.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("it is served as %s", got)
	}
}

func TestAnEmptyDuePageSaysSo(t *testing.T) {
	w := httptest.NewRecorder()
	new(App).writeDuePage(w, nil)
	if page := w.Body.String(); strings.Contains(page, "<table>") || !strings.Contains(page, "No promise") {
		t.Errorf("the page is\n%s", page)
	}
}

func TestIDsStayWhatTheyAreInLinks(t *testing.T) {
	for _, c := range []struct{ link, id, want string }{
		{"", "1", ""},
		{"https://a.example/t/{id}", "17", "https://a.example/t/17"},
		{"https://a.example/t/{id}/edit", "a/../b", "https://a.example/t/a%2F..%2Fb/edit"},
		{"https://a.example/?t={id}&x=1", "a&b=c+d e", "https://a.example/?t=a%26b%3Dc%2Bd%20e&x=1"},
		{"https://a.example/#/t/{id}", `"<ü>?#%`, "https://a.example/#/t/%22%3C%C3%BC%3E%3F%23%25"},
		{"https://a.example/{id}", "{id}", "https://a.example/%7Bid%7D"},
	} {
		if got := ticketURL(c.link, c.id); got != c.want {
			t.Errorf("%s with %s is %s, want %s", c.link, c.id, got, c.want)
		}
	}
}

func TestAPageIsForThoseWhoPreferIt(t *testing.T) {
	for accept, want := range map[string]bool{
		"":                                  false,
		"*/*":                               false,
		"application/json":                  false,
		"text/html":                         true,
		"TEXT/HTML; q=0.5":                  true,
		"text/*":                            true,
		"text/html;q=0":                     false,
		"text/html, application/json":       false,
		"text/html;q=0.9, application/json": false,
		"text/html, application/json;q=0.9": true,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": true,
		"text/html;q=0.1, */*;q=0.5":                                      false,
		"text/html;q=x":                                                   false,
	} {
		if got := prefersHTML([]string{accept}); got != want {
			t.Errorf("%q: a page is preferred: %v, want %v", accept, got, want)
		}
	}
	if !prefersHTML([]string{"application/json;q=0.2", "text/html"}) {
		t.Error("a second header is not read")
	}
}

func TestTheStatusPageLinksOnlyAnEnabledDueList(t *testing.T) {
	for _, enabled := range []bool{false, true} {
		o := options(t)
		o.EnableDueList = enabled
		a, err := New(o, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		defer a.journal.Close()
		handler := a.handler()
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if linked := strings.Contains(w.Body.String(), `href="./due"`); linked != enabled {
			t.Errorf("enabled %v: linked is %v", enabled, linked)
		}
	}
}

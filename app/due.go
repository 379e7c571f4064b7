package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/book"
	"helpdesk_exporter/config"
)

// How many promises of either kind the due list shows.
const (
	dueDefault = 100
	dueMost    = 1000
)

// promise is a line of the due list.
type promise struct {
	Desk    string `json:"desk"`
	Source  string `json:"source"`
	Ticket  string `json:"ticket"`
	Target  string `json:"target"`
	Policy  string `json:"policy"`
	DueAt   string `json:"due_at"`
	Overdue bool   `json:"overdue"`
	URL     string `json:"url"` // empty: it is not configured where tickets are opened
}

// serveDue lists the promises of open tickets: those that are due next, and
// those that were broken last. It is
// the one page that tells of single tickets, so that it is for those only who
// have shown who they are.
func (a *App) serveDue(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !a.options.EnableDueList {
		http.Error(w, "The due list is not enabled: start the exporter with --web.enable-due-list.", http.StatusForbidden)
		return
	}
	known, err := a.authenticated(r)
	if err != nil {
		a.options.Logger.Error("The due list is shown to nobody", "err", err)
		http.Error(w, "The web configuration cannot be read; the log says why.", http.StatusInternalServerError)
		return
	}
	if !known {
		http.Error(w, "The due list is only for those who log in: set basic_auth_users in the file of --web.config.file, "+
			"or have it verify client certificates (client_auth_type: RequireAndVerifyClientCert).", http.StatusForbidden)
		return
	}
	now := time.Now()
	asked, err := dueOptions(r.URL.RawQuery, now)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	due, sources := a.gate.due(asked)
	if err := unknownNames(asked, sources); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	promises := promisesOf(due, sources, now)
	if prefersHTML(r.Header.Values("Accept")) {
		a.writeDuePage(w, promises)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string][]promise{"due": promises})
}

// authenticated reports whether the server knows who asks: by a certificate
// that it has verified, or by a password. Passwords it has checked before the
// request came here, if there are any to check; without users it lets everybody
// through, whatever the request says. The file is looked at anew, as the server
// does, since it may change at any time. That the user is one of them leaves
// nothing to gain from the moment between the two looks.
func (a *App) authenticated(r *http.Request) (bool, error) {
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		return true, nil
	}
	if a.options.Web == nil || a.options.Web.WebConfigFile == nil {
		return false, nil
	}
	users, err := config.WebUsers(*a.options.Web.WebConfigFile)
	if err != nil {
		return false, err
	}
	user, _, given := r.BasicAuth()
	return given && users[user], nil
}

// dueOptions reads what a query chooses.
func dueOptions(query string, now time.Time) (book.DueOptions, error) {
	o, limit, overdue, pending := book.DueOptions{Now: now}, dueDefault, true, true
	values, err := url.ParseQuery(query)
	if err != nil {
		return o, errors.New("the query cannot be read: write it as ?desk=acme&limit=20")
	}
	for key, given := range values {
		if len(given) > 1 {
			return o, fmt.Errorf("%q is given %d times: keep one", key, len(given))
		}
		switch key {
		case "desk":
			o.Desk = given[0]
		case "source":
			o.Source = given[0]
		case "limit":
			if limit, err = strconv.Atoi(given[0]); err != nil || limit < 1 || limit > dueMost {
				return o, fmt.Errorf("limit: %q is out of bounds: write a whole number from 1 to %d", given[0], dueMost)
			}
		case "overdue":
			if overdue, err = strconv.ParseBool(given[0]); err != nil {
				return o, fmt.Errorf("overdue: %q is neither true nor false", given[0])
			}
			pending = !overdue
		default:
			return o, fmt.Errorf("%q is no parameter: there are desk, source, overdue and limit", key)
		}
	}
	if overdue {
		o.Overdue = limit
	}
	if pending {
		o.Pending = limit
	}
	return o, nil
}

// unknownNames returns an error where a desk or a source is asked for that there
// is not: an empty list would read as if all were well.
func unknownNames(o book.DueOptions, sources []book.SourceConfig) error {
	ofDesk := func(s book.SourceConfig) bool { return o.Desk == "" || s.Desk == o.Desk }
	switch {
	case !slices.ContainsFunc(sources, ofDesk):
		return fmt.Errorf("desk: there is no desk %q", o.Desk)
	case o.Source != "" && !slices.ContainsFunc(sources, func(s book.SourceConfig) bool { return ofDesk(s) && s.Name == o.Source }):
		return fmt.Errorf("source: there is no source %q, or it belongs to another desk", o.Source)
	default:
		return nil
	}
}

// promisesOf returns the lines of the list as of now.
func promisesOf(due []book.Due, sources []book.SourceConfig, now time.Time) []promise {
	links := map[string]string{}
	for _, s := range sources {
		links[s.Name] = s.TicketURL
	}
	promises := make([]promise, 0, len(due)) // none: an empty list, not null
	for _, d := range due {
		promises = append(promises, promise{
			Desk: d.Desk, Source: d.Source, Ticket: d.Ticket, Target: d.Target.String(), Policy: d.Policy,
			DueAt: d.At.UTC().Format(time.RFC3339), Overdue: now.After(d.At), URL: ticketURL(links[d.Source], d.Ticket),
		})
	}
	return promises
}

// ticketURL puts an id into an address, so escaped that it stays what it is in
// a path, in a query and behind a #.
func ticketURL(link, id string) string {
	return strings.ReplaceAll(link, "{id}", strings.ReplaceAll(url.QueryEscape(id), "+", "%20"))
}

// prefersHTML reports whether who asks would rather have a page than JSON.
func prefersHTML(accept []string) bool {
	return quality(accept, "text", "html") > quality(accept, "application", "json")
}

// quality is how welcome a form of the answer is, by the range that names it
// most closely.
func quality(accept []string, kind, form string) float64 {
	closeness, best := 0, 0.0
	for _, list := range accept {
		for _, r := range strings.Split(list, ",") {
			name, parameters, _ := strings.Cut(r, ";")
			how := map[string]int{"*/*": 1, kind + "/*": 2, kind + "/" + form: 3}[strings.ToLower(strings.TrimSpace(name))]
			if how > closeness {
				closeness, best = how, weight(parameters)
			}
		}
	}
	return best
}

// weight reads the q of a range, 1 where there is none.
func weight(parameters string) float64 {
	for _, p := range strings.Split(parameters, ";") {
		if text, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(p)), "q="); ok {
			q, _ := strconv.ParseFloat(text, 64) // what cannot be read is not welcome
			return q
		}
	}
	return 1
}

func (a *App) writeDuePage(w http.ResponseWriter, promises []promise) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	if err := duePage.Execute(w, promises); err != nil {
		a.options.Logger.Debug("The due list was not read to its end", "err", err)
	}
}

var duePage = template.Must(template.New("due").Funcs(template.FuncMap{
	"words": func(name string) string { return strings.ReplaceAll(name, "_", " ") },
}).Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Due list - help desk exporter</title>
<style>
body { font-family: sans-serif; margin: 1rem; }
table { border-collapse: collapse; }
caption { text-align: left; margin-bottom: 0.5rem; }
th, td { border: 1px solid; padding: 0.25rem 0.5rem; text-align: left; }
</style>
</head>
<body>
<main>
<h1>Due list</h1>
{{if .}}<table>
<caption>What open tickets were promised: broken last, and due next. Times are UTC.</caption>
<thead><tr><th scope="col">Due at</th><th scope="col">State</th><th scope="col">Ticket</th><th scope="col">Target</th><th scope="col">Policy</th><th scope="col">Desk</th><th scope="col">Source</th></tr></thead>
<tbody>
{{range .}}<tr><td><time>{{.DueAt}}</time></td><td>{{if .Overdue}}<strong>overdue</strong>{{else}}pending{{end}}</td><th scope="row">{{if .URL}}<a href="{{.URL}}">{{.Ticket}}</a>{{else}}{{.Ticket}}{{end}}</th><td>{{words .Target}}</td><td>{{.Policy}}</td><td>{{.Desk}}</td><td>{{.Source}}</td></tr>
{{end}}</tbody>
</table>
{{else}}<p>No promise of an open ticket is pending.</p>
{{end}}</main>
</body>
</html>
`))

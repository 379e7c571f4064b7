package zendesktest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// object is a JSON object.
type object = map[string]any

// refusal is an answer that is an error.
type refusal struct {
	status int
	header http.Header
	body   object
}

func refuse(status int, body object) *refusal {
	return &refusal{status: status, header: http.Header{}, body: body}
}

// invalid refuses what a request asks.
func invalid(status int, kind, description string) *refusal {
	return refuse(status, object{"error": kind, "description": description})
}

func (r *refusal) write(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	write(w, r.status, r.body)
}

func write(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // nothing is put in that JSON cannot say
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // who hangs up does not want to know
}

// Gate is how an account says that it does not have an endpoint.
type Gate int

// The ways in which endpoints are refused: there is more than one shape of an
// error.
const (
	NoSuchEndpoint Gate = iota // the feature is not switched on
	NoSuchRecord               // the same, by those who think of it as a record
	NotInPlan                  // the plan lacks it, or the role
	MissingScope               // the token lacks it
	Coded                      // the plan lacks it, in the shape of the newer endpoints
)

func (g Gate) refusal() *refusal {
	switch g {
	case NoSuchRecord:
		return invalid(http.StatusNotFound, "RecordNotFound", "Not found")
	case NotInPlan:
		return refuse(http.StatusForbidden, object{"error": object{
			"title":   "Forbidden",
			"message": "You do not have access to this page. Please contact the account owner of this help desk for further help.",
		}})
	case MissingScope:
		return invalid(http.StatusForbidden, "Forbidden", "Missing the following required scopes: read")
	case Coded:
		return refuse(http.StatusForbidden, object{"errors": []any{object{
			"code": "Forbidden", "title": "Forbidden", "detail": "The account does not have this feature",
		}}})
	default:
		return invalid(http.StatusNotFound, "InvalidEndpoint", "Not found")
	}
}

// stamp writes a time as the ticketing endpoints do; none is null.
func stamp(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format("2006-01-02T15:04:05Z")
}

// milliStamp writes a time as the newer endpoints do.
func milliStamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// unix returns a second as a time.
func unix(at int64) time.Time { return time.Unix(at, 0).UTC() }

// orNull writes 0 and the empty text as null.
func orNull[T comparable](v T) any {
	var none T
	if v == none {
		return nil
	}
	return v
}

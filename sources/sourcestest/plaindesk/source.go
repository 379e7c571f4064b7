package plaindesk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/sources"
)

// Config says which desk is read, and how.
type Config struct {
	Common sources.Common `yaml:",inline"`
	API    api.Config     `yaml:",inline"`
	Start  model.Duration `yaml:"start,omitempty"`
}

// NewConfig returns the configuration that a source of this type starts from.
func NewConfig() sources.Config { return &Config{API: api.DefaultConfig("")} }

// Shared implements [sources.Config].
func (c *Config) Shared() *sources.Common { return &c.Common }

// Feeds implements [sources.Config].
func (c *Config) Feeds() []desk.Kind { return []desk.Kind{desk.KindTicket, desk.KindSurvey} }

// Host implements [sources.Remote].
func (c *Config) Host() string { return c.API.Host() }

// StartFrom implements [sources.WithStart].
func (c *Config) StartFrom(longest model.Duration) {
	if c.Start == 0 {
		c.Start = longest
	}
}

// Validate implements [sources.Config].
func (c *Config) Validate() error {
	err := c.API.Validate()
	if !c.API.Authenticates() {
		err = errors.Join(err, errors.New("authorization: required: the desk wants a token"))
	}
	return err
}

// New implements [sources.Config].
func (c *Config) New(o sources.Options) (sources.Source, error) {
	client, err := api.New(c.API, api.Desk{}, o)
	if err != nil {
		return nil, err
	}
	return &Source{client: client, start: time.Duration(c.Start)}, nil
}

// Source reads a desk.
type Source struct {
	client *api.Client
	start  time.Duration
	groups map[string]string
	asked  time.Time // when the groups were

	mu     sync.Mutex // guards what follows
	closed string     // why the groups cannot be read
}

// cursor is how far a desk has been read.
type cursor struct {
	Version int       `json:"v"`
	Place   place     `json:"place"`
	From    time.Time `json:"from"`            // what was finished before is of no interest
	Target  time.Time `json:"target,omitzero"` // of the round under way
}

// answer is a page of tickets.
type answer struct {
	Tickets []json.RawMessage `json:"tickets"`
	Next    place             `json:"next"`
	More    bool              `json:"more"`
}

// Fetch implements [sources.Source].
func (s *Source) Fetch(ctx context.Context, since desk.Cursor, until time.Time) (desk.Page, error) {
	at, err := s.resume(since, until)
	if err != nil {
		return desk.Page{}, err
	}
	if err := s.learnGroups(ctx, until); err != nil {
		return desk.Page{}, err
	}
	var got answer
	query := url.Values{"since": {fmt.Sprint(at.Place.Since)}, "after": {fmt.Sprint(at.Place.After)}}
	if err := s.client.Get(ctx, "/tickets", query, &got); err != nil {
		return desk.Page{}, err
	}
	if got.Tickets == nil {
		return desk.Page{}, &sources.Error{Reason: sources.ReasonBadAnswer, Err: errors.New("/tickets: the answer has no tickets: check url")}
	}
	page := desk.Page{More: got.More}
	for n, raw := range got.Tickets {
		s.translate(&page, n, raw, at.From)
	}
	at.Place = got.Next
	if !page.More {
		page.AsOf, at.Target = at.Target, time.Time{}
	}
	page.Cursor, err = json.Marshal(at)
	return page, err
}

// resume returns where to go on.
func (s *Source) resume(since desk.Cursor, until time.Time) (cursor, error) {
	at := cursor{Version: 1, From: until.Add(-s.start)}
	if since != nil {
		at = cursor{}
		if err := json.Unmarshal(since, &at); err != nil || at.Version != 1 {
			return at, errors.New("the cursor is of another version: give the source another name to read it anew")
		}
	}
	if at.Target.IsZero() {
		at.Target = until
	}
	return at, nil
}

// learnGroups asks for the names of the groups, about every hour.
func (s *Source) learnGroups(ctx context.Context, until time.Time) error {
	if until.Sub(s.asked) < time.Hour {
		return nil
	}
	groups := map[string]string{}
	err := s.client.Get(ctx, "/groups", nil, &groups)
	if err != nil && !api.Gated(err) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups, s.asked, s.closed = groups, until, ""
	if err != nil {
		s.closed = err.Error()
	}
	return nil
}

// translate adds what an item tells.
func (s *Source) translate(page *desk.Page, n int, raw json.RawMessage, from time.Time) {
	var i item
	if err := json.Unmarshal(raw, &i); err != nil || i.ID == 0 {
		where := fmt.Sprintf("ticket %d of a page", n+1)
		var id struct{ ID int64 }
		if json.Unmarshal(raw, &id) == nil && id.ID != 0 {
			where = strconv.FormatInt(id.ID, 10)
		}
		page.Rejects = append(page.Rejects, desk.Reject{Where: where, Reason: desk.ReasonMalformed, Detail: "it is no ticket", Raw: string(raw)})
		return
	}
	status, _ := desk.ParseStatus(i.Status)
	if i.Updated < from.Unix() && !status.Open() {
		return
	}
	id := strconv.FormatInt(i.ID, 10)
	t := &desk.Ticket{
		CreatedAt: unix(i.Created), UpdatedAt: unix(i.Updated), Status: status, CreatedBy: desk.RoleCustomer,
		Channel: i.Channel, Priority: i.Priority, Team: s.groups[name(i.Group)], Agent: name(i.Agent),
		Requester: name(i.Requester), MergedInto: name(i.Into),
	}
	if i.ByAgent {
		t.CreatedBy = desk.RoleAgent
	}
	for _, turn := range i.Turns {
		author := desk.RoleAgent
		if turn.By == "customer" {
			author = desk.RoleCustomer
		}
		if turn.By != "" {
			t.Messages = append(t.Messages, desk.Message{At: unix(turn.At), Author: author, Public: true})
		}
		if status, ok := desk.ParseStatus(turn.Status); ok {
			t.StatusChanges = append(t.StatusChanges, desk.StatusChange{At: unix(turn.At), Status: status})
		}
	}
	page.Records = append(page.Records, desk.Record{ID: id, Deleted: status == desk.StatusDeleted, Body: t})
	if i.Rating != 0 {
		page.Records = append(page.Records, desk.Record{ID: id, Body: &desk.Survey{
			Survey: "csat", RespondedAt: unix(i.Rated), Score: desk.Some(float64(i.Rating)), Ticket: id,
		}})
	}
}

// name returns an id as records have it, empty for none.
func name(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// Capabilities implements [sources.Capable].
func (s *Source) Capabilities() []sources.Capability {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []sources.Capability{{Name: "groups", Available: s.closed == "", Why: s.closed}}
}

// CountOpen implements [sources.Counter].
func (s *Source) CountOpen(ctx context.Context) (int, error) {
	var count struct{ Open int }
	err := s.client.Get(ctx, "/count", nil, &count)
	return count.Open, err
}

// Probe implements [sources.Prober].
func (s *Source) Probe(ctx context.Context, until time.Time) (time.Time, error) {
	page, err := s.Fetch(ctx, nil, until)
	var newest time.Time
	for _, r := range page.Records {
		if at := r.Body.Newest(); at.After(newest) {
			newest = at
		}
	}
	return newest, err
}

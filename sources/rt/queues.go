package rt

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"helpdesk_exporter/sources"
)

const queuesPath = "/queues/all"

// queuesFor is how long the list of queues is good.
const queuesFor = time.Hour

// queues is those that the exporter may see.
type queues struct {
	names map[string]string // by id
	read  time.Time         // until when the poll went that read them
}

func (q *queues) see(id text) bool {
	_, seen := q.names[string(id)]
	return seen
}

// errBlind is a desk that shows nothing. To those who may see nothing it shows
// empty pages, which must not pass for an idle desk.
var errBlind = errors.New("the credentials see no queue: grant SeeQueue and ShowTicket on each queue that is to be read")

// readQueues reads which queues there are, unless that was done a short while
// ago.
func (s *Source) readQueues(ctx context.Context, until time.Time, goodFor time.Duration) error {
	if s.queues.names != nil && until.Sub(s.queues.read) < goodFor {
		return nil
	}
	names := map[string]string{}
	for page := 1; ; page++ {
		a, err := s.ask(ctx, queuesPath, paged("Name", page))
		if err != nil {
			return err
		}
		before := len(names)
		for _, raw := range *a.Items {
			var q ref
			if json.Unmarshal(raw, &q) == nil && q.ID != "" {
				names[string(q.ID)] = string(q.Name)
			}
		}
		// Behind the last page, some versions show it again, others nothing.
		if len(names) == before {
			break
		}
	}
	if len(names) == 0 {
		return &sources.Error{Reason: sources.ReasonRefused, Err: errBlind}
	}
	s.queues = queues{names: names, read: until}
	clear(s.statuses) // what a status means may have changed as well
	return nil
}

// team returns the name of a ticket's queue.
func (s *Source) team(ctx context.Context, q ref, until time.Time) (string, error) {
	if q.Name != "" || q.ID == "" {
		return string(q.Name), nil
	}
	if !s.queues.see(q.ID) && s.queues.read.Before(until) {
		if err := s.readQueues(ctx, until, 0); err != nil {
			return "", err
		}
	}
	return s.queues.names[string(q.ID)], nil
}

// inQueues is the condition that a transaction belongs to a queue that is seen.
func (s *Source) inQueues() string {
	var any []string
	for _, id := range slices.Sorted(maps.Keys(s.queues.names)) {
		any = append(any, "TicketQueue = "+quoted(id))
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

// quoted writes a value into a query.
func quoted(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}

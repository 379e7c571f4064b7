package intercom

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"helpdesk_exporter/desk"
)

// deletedPage is the most that a page of deleted conversations holds.
const deletedPage = 60

// deletion is a conversation that is there no more.
type deletion struct {
	ID        ident `json:"id"`
	DeletedAt stamp `json:"deleted_at"`
}

// deleted reads the conversations that were deleted since the list was read
// last.
func (s *Source) deleted(ctx context.Context, c *cursor, page *desk.Page) (bool, error) {
	t := &c.Deleted
	return s.list(ctx, c.Round, listing{
		path: "/conversations/deleted", gate: gateDeleted, size: deletedPage, query: url.Values{"order": {"desc"}}, tail: t,
		take: func(raw json.RawMessage) (time.Time, bool) {
			v, err := deletionOf(raw)
			if err != nil {
				if h := headOf(raw, t.newest(&c.Round.Place).Unix()); !t.old(h) {
					page.Rejects = append(page.Rejects, rejected("deleted conversation "+h.id, raw, err))
				}
				return time.Time{}, false
			}
			at := v.DeletedAt.Time
			if at.Before(t.Floor) || t.old(head{id: string(v.ID), changed: at}) {
				return at, false
			}
			gone := &desk.Ticket{UpdatedAt: at, Status: desk.StatusDeleted}
			page.Records = append(page.Records, desk.Record{ID: string(v.ID), Deleted: true, Body: gone})
			return at, false
		},
	})
}

func deletionOf(raw json.RawMessage) (*deletion, error) {
	v := &deletion{}
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, err
	}
	switch {
	case v.ID == "":
		return nil, fmt.Errorf("%w id", errMissing)
	case v.DeletedAt.IsZero():
		return nil, fmt.Errorf("%w deleted_at", errMissing)
	}
	return v, nil
}

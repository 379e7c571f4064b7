package rt

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"helpdesk_exporter/desk"
)

// rating returns the answer of a customer that a transaction put into the custom
// field for it; nil if it is about another field. One that was taken back is
// gone; one that is given in the place of another keeps its date.
func (s *Source) rating(ctx context.Context, page *desk.Page, t *transaction, until time.Time) (*desk.Record, error) {
	name, err := s.fieldName(ctx, string(t.Field), string(t.ObjectID))
	if err != nil || !strings.EqualFold(name, s.config.CSATField) {
		return nil, err
	}
	answer := &desk.Survey{Survey: s.config.Survey, RespondedAt: t.Created.Time, Ticket: string(t.ObjectID)}
	r := &desk.Record{ID: string(t.ObjectID), Body: answer}
	if t.OldValue != "" && t.NewValue != "" {
		pasts, err := s.histories(ctx, page, []string{r.ID}, until)
		if err != nil {
			return nil, err
		}
		if p := pasts[r.ID]; p != nil && !p.answered[string(t.Field)].IsZero() {
			answer.RespondedAt = p.answered[string(t.Field)]
		}
	}
	score, err := strconv.ParseFloat(string(t.NewValue), 64)
	switch {
	case t.NewValue == "":
		r.Deleted = true
	case err != nil:
		answer.Answer = string(t.NewValue)
	default:
		answer.Score = desk.Some(score)
	}
	return r, nil
}

// fieldName returns the name of a custom field, which transactions tell by its
// id only. The ticket knows it.
func (s *Source) fieldName(ctx context.Context, id, ticket string) (string, error) {
	if name, ok := s.fields[id]; ok {
		return name, nil
	}
	a, err := s.ask(ctx, ticketsPath, url.Values{"query": {"id = " + ticket}, "fields": {"CustomFields"}, "per_page": {"1"}})
	if err != nil {
		return "", err
	}
	for _, raw := range *a.Items {
		var t struct{ CustomFields fields }
		if json.Unmarshal(raw, &t) == nil {
			s.learnFields(t.CustomFields)
		}
	}
	return s.fields[id], nil
}

package zendesk

import (
	"context"
	"net/url"

	"helpdesk_exporter/desk"
)

// leg is the part that one person has in a call.
type leg struct {
	ID        ident `json:"id"`
	Call      ident `json:"call_id"`
	Type      word  `json:"type"`
	Agent     ident `json:"agent_id"`
	Status    word  `json:"completion_status"`
	CreatedAt stamp `json:"created_at"`
	UpdatedAt stamp `json:"updated_at"`
	From      ident `json:"transferred_from"`
}

// readLegs reads the legs of calls. The times of a call are those of all its
// legs, and its agent is that of the first: of the legs it is told which ones the
// call was passed on to.
func (r *round) readLegs(ctx context.Context) (done bool, err error) {
	var answer struct {
		exported
		Legs records `json:"legs"`
	}
	err = r.get(ctx, legsPath, url.Values{"start_time": {unix(r.Legs.Next)}}, &answer)
	switch {
	case r.tooRecent(err, r.Legs.Next):
		return true, nil
	case err != nil:
		return false, err
	}
	if !answer.Legs.given {
		return false, badAnswer(legsPath, "there is no list of legs in the answer")
	}
	end := answer.end()
	news := func(mark string) bool { return r.Legs.news(mark, max(end, r.Legs.Next)) }
	take(&r.page, "call leg", answer.Legs.list, news, func(l leg) error {
		switch {
		case l.ID == "":
			return without("id")
		case l.Type != "" && l.Type != "agent" || l.Status != "completed" || l.From == "":
			return nil // nobody the call was passed on to
		case l.Call == "":
			return without("call_id")
		case l.CreatedAt.IsZero():
			return without("created_at")
		case !news(stateOf(l.ID, l.UpdatedAt)):
			return nil
		}
		r.page.Records = append(r.page.Records, desk.Record{ID: "leg/" + string(l.ID), Body: &desk.Call{
			ArrivedAt: l.CreatedAt.Time, Contact: string(l.Call), Outcome: desk.OutcomeAnswered,
			Channel: "phone", Agent: string(l.Agent), HandledBy: desk.RoleAgent,
		}})
		return nil
	})
	r.legsTold = desk.Some(true)
	return r.along(legsPath, &r.Legs, &answer.exported, len(answer.Legs.list))
}

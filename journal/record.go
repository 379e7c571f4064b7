package journal

import (
	"fmt"
	"time"

	"helpdesk_exporter/desk"
)

// appendHeld appends the stored form of a record to b. The id and the kind are
// in its key.
func appendHeld(b []byte, h *desk.Held) []byte {
	c := coder{writing: true, b: b}
	c.held(h)
	return c.b
}

// decodeHeld reads the stored form of a record.
func decodeHeld(key Key, b []byte) (*desk.Held, error) {
	h := &desk.Held{Record: desk.Record{ID: key.ID, Body: blankBody(key.Kind)}}
	if h.Body == nil {
		return nil, fmt.Errorf("%w: no record is kept of the kind %s", errDamaged, key.Kind)
	}
	c := coder{b: b}
	c.held(h)
	if c.bad || len(h.States) == 0 && !hasEvents(h.Body) {
		return nil, errDamaged
	}
	return h, nil
}

// hasEvents reports whether a body is a ticket's that was told events of, maybe
// before the ticket itself.
func hasEvents(body desk.Body) bool {
	t, ok := body.(*desk.Ticket)
	return ok && len(t.Messages)+len(t.StatusChanges)+len(t.SLA)+len(t.Clocks) > 0
}

// blankBody returns a body of a kind, nil for kinds that are not kept: messages
// are kept with their ticket.
func blankBody(kind desk.Kind) desk.Body {
	switch kind {
	case desk.KindTicket:
		return &desk.Ticket{}
	case desk.KindCall:
		return &desk.Call{}
	case desk.KindSurvey:
		return &desk.Survey{}
	case desk.KindReview:
		return &desk.Review{}
	case desk.KindCustomer:
		return &desk.Customer{}
	case desk.KindPurchase:
		return &desk.Purchase{}
	case desk.KindFeedback:
		return &desk.Feedback{}
	case desk.KindArticle:
		return &desk.Article{}
	case desk.KindArticleView:
		return &desk.ArticleView{}
	case desk.KindSession:
		return &desk.Session{}
	case desk.KindOutreach:
		return &desk.Outreach{}
	case desk.KindReferral:
		return &desk.Referral{}
	case desk.KindEnrolment:
		return &desk.Enrolment{}
	case desk.KindStaffing:
		return &desk.Staffing{}
	case desk.KindCost:
		return &desk.Cost{}
	default:
		return nil
	}
}

// held codes a record. One that is just what its only state said, as most are,
// is kept once.
func (c *coder) held(h *desk.Held) {
	sole := c.writing && h.Sole()
	c.head(h, &sole)
	c.body(h.Body)
	if sole && !c.writing {
		h.States = desk.SoleState(h.Record)
	}
}

func (c *coder) head(h *desk.Held, sole *bool) {
	c.flag(1, &h.Deleted)
	c.origin(2, &h.Origin)
	if !c.writing || !*sole {
		list(c, 3, &h.States, (*coder).state)
	}
	list(c, 4, (*[]desk.Entry)(&h.Counted), func(c *coder, e *desk.Entry) {
		enum(c, 1, &e.Fact)
		n := uint64(e.N)
		c.number(2, &n)
		e.N = uint32(n)
	})
	c.flag(5, sole)
	c.flag(6, &h.Unjudged)
}

// body codes the body's own fields, numbered from 16.
func (c *coder) body(body desk.Body) {
	switch body := body.(type) {
	case *desk.Ticket:
		c.ticket(body)
	case *desk.Call:
		c.call(body)
	case *desk.Survey:
		c.survey(body)
	case *desk.Review:
		c.review(body)
	case *desk.Customer:
		c.customer(body)
	case *desk.Purchase:
		c.purchase(body)
	case *desk.Feedback:
		c.feedback(body)
	case *desk.Article:
		c.article(body)
	case *desk.ArticleView:
		c.articleView(body)
	case *desk.Session:
		c.session(body)
	case *desk.Outreach:
		c.outreach(body)
	case *desk.Referral:
		c.referral(body)
	case *desk.Enrolment:
		c.enrolment(body)
	case *desk.Staffing:
		c.staffing(body)
	case *desk.Cost:
		c.cost(body)
	}
}

func (c *coder) origin(field int, o *desk.Origin) {
	if c.writing {
		if *o != (desk.Origin{}) {
			c.tag(field, shapeBytes)
			from := len(c.b)
			c.originFields(o)
			c.prefix(from)
		}
		return
	}
	if c.seek(field, shapeBytes) {
		b := c.take()
		after := c.b
		c.b = b
		c.originFields(o)
		c.b = after
	}
}

func (c *coder) originFields(o *desk.Origin) {
	c.time(1, &o.Dropped)
	c.text(2, &o.Name)
	row := uint64(o.Row)
	c.number(3, &row)
	o.Row = int64(row)
}

func (c *coder) state(s *desk.State) {
	c.time(1, &s.At)
	c.origin(2, &s.Origin)
	c.flag(3, &s.Timed)
	c.flag(4, &s.Deleted)
	enum(c, 5, &s.Shows)
	list(c, 6, &s.Dims, func(c *coder, d *desk.Dim) { c.name(1, &d.Name); c.text(2, &d.Value) })
	enum(c, 7, &s.Status)
	opt(c, 8, &s.Reopens)
	c.time(9, &s.FirstSolvedAt)
	c.time(10, &s.SolvedAt)
	c.time(11, &s.NextDueAt)
	c.time(12, &s.FirstDueAt)
	c.time(13, &s.ResolutionDueAt)
	c.time(14, &s.ReopenedAt)
}

func (c *coder) ticket(t *desk.Ticket) {
	c.time(16, &t.CreatedAt)
	c.time(17, &t.UpdatedAt)
	enum(c, 18, &t.Status)
	enum(c, 19, &t.CreatedBy)
	enum(c, 20, &t.HandledBy)
	c.time(21, &t.WaitingSince)
	c.time(22, &t.AcknowledgedAt)
	c.text(23, &t.Priority)
	c.text(24, &t.Channel)
	c.text(25, &t.Team)
	c.text(26, &t.Agent)
	c.text(27, &t.Type)
	c.text(28, &t.Requester)
	c.text(29, &t.Topic)
	c.texts(30, &t.Attrs)
	c.time(31, &t.FirstResponseAt)
	c.time(32, &t.FirstSolvedAt)
	c.time(33, &t.SolvedAt)
	c.time(34, &t.ClosedAt)
	c.time(35, &t.EscalatedAt)
	c.time(36, &t.FirstResponseDueAt)
	c.time(37, &t.NextResponseDueAt)
	c.time(38, &t.ResolutionDueAt)
	opt(c, 39, &t.Reopens)
	opt(c, 40, &t.AgentReplies)
	opt(c, 41, &t.CustomerMessages)
	opt(c, 42, &t.Transfers)
	opt(c, 43, &t.FirstResponseBusiness)
	opt(c, 44, &t.ResolutionBusiness)
	opt(c, 45, &t.RequesterWait)
	opt(c, 46, &t.RequesterWaitBusiness)
	opt(c, 47, &t.HandleTime)
	c.text(48, &t.MergedInto)
	c.text(49, &t.FollowupOf)
	list(c, 50, &t.Messages, func(c *coder, m *desk.Message) {
		c.time(1, &m.At)
		enum(c, 2, &m.Author)
		c.flag(3, &m.Public)
		c.text(4, &m.ID)
		c.time(5, &m.Said)
	})
	list(c, 51, &t.StatusChanges, func(c *coder, s *desk.StatusChange) {
		c.time(1, &s.At)
		enum(c, 2, &s.Status)
	})
	list(c, 52, &t.SLA, (*coder).slaEvent)
	list(c, 53, &t.Clocks, (*coder).clockEvent)
	c.time(54, &t.ReopenedAt)
}

func (c *coder) slaEvent(e *desk.SLAEvent) {
	c.text(1, &e.Target)
	n := uint64(e.N)
	c.number(2, &n)
	e.N = int(n)
	c.text(3, &e.Policy)
	c.time(4, &e.DueAt)
	c.time(5, &e.MetAt)
	c.time(6, &e.BreachedAt)
}

func (c *coder) clockEvent(e *desk.ClockEvent) {
	c.text(1, &e.ID)
	enum(c, 2, &e.Clock)
	n := uint64(e.N)
	c.number(3, &n)
	e.N = int(n)
	c.time(4, &e.At)
	enum(c, 5, &e.Move)
	c.text(6, &e.Policy)
	target := uint64(e.Target)
	c.number(7, &target)
	e.Target = time.Duration(target)
	c.flag(8, &e.Business)
	opt(c, 9, &e.Took)
	opt(c, 10, &e.TookBusiness)
	c.flag(11, &e.Undone)
}

func (c *coder) call(v *desk.Call) {
	c.time(16, &v.ArrivedAt)
	c.time(17, &v.QueuedAt)
	c.time(18, &v.AnsweredAt)
	c.time(19, &v.EndedAt)
	c.text(20, &v.Contact)
	enum(c, 21, &v.Outcome)
	enum(c, 22, &v.Direction)
	c.text(23, &v.Channel)
	c.text(24, &v.Queue)
	c.text(25, &v.Team)
	c.text(26, &v.Agent)
	c.text(27, &v.Topic)
	c.text(28, &v.Ticket)
	c.text(29, &v.Customer)
	c.text(30, &v.CustomerTZ)
	c.text(31, &v.BlockReason)
	enum(c, 32, &v.HandledBy)
	opt(c, 33, &v.Wait)
	opt(c, 34, &v.Talk)
	opt(c, 35, &v.Hold)
	opt(c, 36, &v.WrapUp)
	opt(c, 37, &v.Transfers)
	c.time(38, &v.PeriodStart)
	c.time(39, &v.PeriodEnd)
	opt(c, 40, &v.Attempts)
	opt(c, 41, &v.Blocked)
}

func (c *coder) survey(s *desk.Survey) {
	c.text(16, &s.Survey)
	c.time(17, &s.SentAt)
	c.time(18, &s.RespondedAt)
	c.float(19, &s.Score)
	c.text(20, &s.Answer)
	c.text(21, &s.Ticket)
	c.text(22, &s.Customer)
	c.text(23, &s.Channel)
	c.text(24, &s.Team)
	c.text(25, &s.Segment)
}

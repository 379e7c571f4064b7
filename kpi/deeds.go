package kpi

import (
	"slices"

	"helpdesk_exporter/desk"
)

// deedKind is a sort of things that customers do.
type deedKind uint8

// The kinds of deeds.
const (
	deedPurchase   deedKind = iota + 1 // whichever and by currency
	deedRevenue                        // by currency: what purchases cost, less what was given back
	deedProfit                         // by currency: what was earned with that
	deedProductUse                     // by session, and by action in it
	deedWebVisit                       // by visit: one with several goals is one
	deedOpen                           // of a mail, by a person
	deedClick                          // on what a mail or a message offers
	deedReply                          // to a call or a message
	deedFeedback
	deedLoyalty  // activity, whichever and by program
	deedTraining // activity, whichever and by program
	deedReferral // the customer referred somebody
)

// deedsOf returns what a record says that the customer did.
func (b *Contributions) deedsOf(p *profile, h *desk.Held) []deed {
	switch body := h.Body.(type) {
	case *desk.Purchase:
		return b.purchaseDeeds(body)
	case *desk.Outreach:
		return outreachDeeds(body)
	case *desk.Feedback:
		return []deed{{body.At, what{deedFeedback, ""}, one}}
	case *desk.Enrolment:
		return enrolmentDeeds(body)
	case *desk.Referral:
		if body.Referrer == p.Customer {
			return []deed{{body.At, what{deedReferral, ""}, one}}
		}
	}
	return nil
}

// visitDeeds returns the visits of a customer and his uses of the product. A
// visit with several goals has a row for each, and is one all the same.
func visitDeeds(records []*desk.Held) []deed {
	type row struct {
		visit string
		what
	}
	var deeds []deed
	seen := map[row]bool{}
	for _, h := range sessionsOf(records) {
		s := h.Body.(*desk.Session)
		did := []what{{deedWebVisit, ""}}
		if s.Type == desk.SessionTypeProduct {
			did = []what{{deedProductUse, ""}, {deedProductUse, actionOf(s)}}
		}
		for _, w := range did {
			if r := (row{visitOf(h, s), w}); !seen[r] {
				seen[r] = true
				deeds = append(deeds, deed{s.At, w, one})
			}
		}
	}
	return deeds
}

// sessionsOf returns the sessions among records, in the order of their times.
func sessionsOf(records []*desk.Held) []*desk.Held {
	var sessions []*desk.Held
	for _, h := range records {
		if _, ok := h.Body.(*desk.Session); ok {
			sessions = append(sessions, h)
		}
	}
	slices.SortStableFunc(sessions, func(x, y *desk.Held) int {
		return x.Body.(*desk.Session).At.Compare(y.Body.(*desk.Session).At)
	})
	return sessions
}

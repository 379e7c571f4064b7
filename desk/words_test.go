package desk_test

import (
	"testing"

	"helpdesk_exporter/desk"
)

func TestEveryNameIsReadBack(t *testing.T) {
	for s := desk.StatusNew; s <= desk.StatusTest; s++ {
		if got, ok := desk.ParseStatus(s.String()); !ok || got != s {
			t.Errorf("%v is read as %v, %v", s, got, ok)
		}
	}
	for o := desk.OutcomeAnswered; o <= desk.OutcomeFailed; o++ {
		if got, ok := desk.ParseOutcome(o.String()); !ok || got != o {
			t.Errorf("%v is read as %v, %v", o, got, ok)
		}
	}
	for r := desk.RoleCustomer; r <= desk.RoleSystem; r++ {
		if got, ok := desk.ParseRole(r.String()); !ok || got != r {
			t.Errorf("%v is read as %v, %v", r, got, ok)
		}
	}
	for _, d := range []desk.Direction{desk.DirectionInbound, desk.DirectionOutbound} {
		if got, ok := desk.ParseDirection(d.String()); !ok || got != d {
			t.Errorf("%v is read as %v, %v", d, got, ok)
		}
	}
}

func TestEveryStatusIsOpenFinishedOrWithdrawn(t *testing.T) {
	for s := desk.StatusNew; s <= desk.StatusTest; s++ {
		n := 0
		for _, is := range []bool{s.Open(), s.Finished(), s.Withdrawn()} {
			if is {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%v is %d of the three", s, n)
		}
	}
	for _, s := range desk.OpenStatuses() {
		if !s.Open() {
			t.Errorf("%v is listed as open", s)
		}
	}
	for _, s := range desk.WithdrawnStatuses() {
		if !s.Withdrawn() {
			t.Errorf("%v is listed as withdrawn", s)
		}
	}
}

func TestWordsAreReadInAnyCaseAndWithAnyGap(t *testing.T) {
	for _, word := range []string{"on_hold", "On Hold", " ON-HOLD "} {
		if got, ok := desk.ParseStatus(word); !ok || got != desk.StatusOnHold {
			t.Errorf("%q is read as %v, %v", word, got, ok)
		}
	}
	if got, ok := desk.ParseOutcome("Abandoned IVR"); !ok || got != desk.OutcomeAbandonedIVR {
		t.Errorf("got %v, %v", got, ok)
	}
	if got, ok := desk.ParsePriority("Medium"); !ok || got != "normal" {
		t.Errorf("got %v, %v", got, ok)
	}
	if got, ok := desk.ParseTicketType("Complaint"); !ok || got != "complaint" {
		t.Errorf("got %v, %v", got, ok)
	}
}

func TestWordsThatMeanNothingAreNotGuessed(t *testing.T) {
	if got, ok := desk.ParseStatus("unknown"); ok {
		t.Errorf("read as the status %v", got)
	}
	if got, ok := desk.ParseStatus(""); ok {
		t.Errorf("read as the status %v", got)
	}
	if got, ok := desk.ParseDirection("none"); ok {
		t.Errorf("read as the direction %v", got)
	}
	if got, ok := desk.ParsePriority("P1"); ok {
		t.Errorf("read as the priority %v", got)
	}
	if got, ok := desk.ParseTicketType("bug"); ok {
		t.Errorf("read as the type %v", got)
	}
}

func TestChannelsAreAClosedSet(t *testing.T) {
	for word, want := range map[string]string{
		"Email": "email", "e-mail": "email", "Mail": "email", "Live Chat": "chat", "Voice": "phone",
		"Web form": "web", "Portal": "web", "Twitter": "social", "WhatsApp": "messaging",
		"SMS": "sms", "api": "api", "carrier pigeon": "other",
	} {
		if got := desk.ParseChannel(word); got != want {
			t.Errorf("%q is read as %q, want %q", word, got, want)
		}
	}
}

func TestEveryListedWordMeansItself(t *testing.T) {
	for _, word := range desk.Channels() {
		if got := desk.ParseChannel(word); got != word {
			t.Errorf("the channel %q is read as %q", word, got)
		}
	}
	for _, word := range desk.Priorities() {
		if got, ok := desk.ParsePriority(word); !ok || got != word {
			t.Errorf("the priority %q is read as %q, %v", word, got, ok)
		}
	}
	for _, word := range desk.TicketTypes() {
		if got, ok := desk.ParseTicketType(word); !ok || got != word {
			t.Errorf("the type %q is read as %q, %v", word, got, ok)
		}
	}
	desk.Channels()[0] = "pigeon"
	if desk.Channels()[0] == "pigeon" {
		t.Error("a caller can change the list")
	}
}

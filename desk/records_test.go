package desk_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

func TestWhatEachRecordTells(t *testing.T) {
	for _, tt := range []struct {
		body   desk.Body
		kind   desk.Kind
		dims   []desk.Dim
		newest time.Time
		shows  bool
	}{
		{&desk.Call{PeriodStart: at(1), PeriodEnd: at(9), Attempts: desk.Some(3), Queue: "q"}, desk.KindCall, []desk.Dim{{"queue", "q"}}, at(9), false},
		{
			&desk.Review{ReviewedAt: at(1), Ticket: "t", Team: "a", ReviewerKind: "peer", Score: desk.Some(0.0)}, desk.KindReview,
			[]desk.Dim{{"team", "a"}, {"reviewer_kind", "peer"}},
			at(1), true,
		},
		{&desk.Review{ReviewedAt: at(1), Categories: map[string]float64{"tone": 0}}, desk.KindReview, nil, at(1), true},
		{&desk.Review{ReviewedAt: at(1), Critical: desk.Some(true)}, desk.KindReview, nil, at(1), false},
		{
			&desk.Customer{AcquiredAt: at(1), ChurnedAt: at(3), ReactivatedAt: at(2), ChurnReason: "price", Segment: "small"}, desk.KindCustomer,
			[]desk.Dim{{"segment", "small"}, {"churn_reason", "price"}},
			at(3), false,
		},
		{&desk.Customer{PeriodStart: at(1), PeriodEnd: at(9), AtStart: desk.Some(5)}, desk.KindCustomer, nil, at(9), false},
		{&desk.Purchase{At: at(1), Segment: "small", Type: desk.PurchaseTypeUpsell}, desk.KindPurchase, []desk.Dim{{"segment", "small"}}, at(1), false},
		{
			&desk.Feedback{At: at(1), Platform: "forum", Topic: "price", Competitor: "them", Type: desk.FeedbackTypeQuestion}, desk.KindFeedback,
			[]desk.Dim{{"platform", "forum"}, {"topic", "price"}, {"competitor", "them"}, {"feedback_kind", "question"}},
			at(1), false,
		},
		{&desk.Feedback{At: at(1), RespondedAt: at(2)}, desk.KindFeedback, nil, at(2), true},
		{
			&desk.Article{ContentKind: desk.ContentKindFAQ, Section: "billing", Locale: "el"}, desk.KindArticle,
			[]desk.Dim{{"content_kind", "faq"}, {"section", "billing"}, {"locale", "el"}},
			time.Time{},
			false,
		},
		{
			&desk.ArticleView{At: at(1), ContentKind: desk.ContentKindVideo, Section: "billing", Locale: "el", Role: desk.RoleAgent}, desk.KindArticleView,
			[]desk.Dim{{"content_kind", "video"}, {"section", "billing"}, {"locale", "el"}},
			at(1), false,
		},
		{
			&desk.Session{At: at(1), Action: "pay", CampaignKind: "mail", LandingKind: "home", Source: "ads"}, desk.KindSession,
			[]desk.Dim{{"action", "pay"}, {"campaign_kind", "mail"}, {"landing_kind", "home"}},
			at(1), false,
		},
		{&desk.Session{At: at(1), ConvertedAt: at(4)}, desk.KindSession, nil, at(4), true},
		{
			&desk.Outreach{At: at(1), DeliveredAt: at(2), OpenedAt: at(3), ClickedAt: at(5), CampaignKind: "news", Channel: "email"}, desk.KindOutreach,
			[]desk.Dim{{"campaign_kind", "news"}, {"channel", "email"}},
			at(5), false,
		},
		{&desk.Outreach{At: at(1), RepliedAt: at(6)}, desk.KindOutreach, nil, at(6), true},
		{
			&desk.Referral{At: at(1), RewardDueAt: at(9), RewardGrantedAt: at(2), Source: "friends"}, desk.KindReferral,
			[]desk.Dim{{"referral_source", "friends"}},
			at(2), false,
		},
		{&desk.Referral{At: at(1), ConvertedAt: at(3)}, desk.KindReferral, nil, at(3), true},
		{&desk.Enrolment{EnrolledAt: at(1), LastActiveAt: at(3), CompletedAt: at(2), Program: "p"}, desk.KindEnrolment, nil, at(3), false},
		{&desk.Staffing{At: at(1), Team: "a", Channel: "chat"}, desk.KindStaffing, []desk.Dim{{"channel", "chat"}, {"team", "a"}}, at(1), false},
		{
			&desk.Cost{PeriodStart: at(1), PeriodEnd: at(9), Team: "a", Channel: "chat"}, desk.KindCost,
			[]desk.Dim{{"channel", "chat"}, {"team", "a"}},
			at(9), false,
		},
	} {
		if tt.body.Kind() != tt.kind || !tt.body.Changed().IsZero() {
			t.Errorf("%T: kind %v, changed %v", tt.body, tt.body.Kind(), tt.body.Changed())
		}
		if got := tt.body.Dims(); !slices.Equal(got, tt.dims) {
			t.Errorf("%+v: dimensions %v, want %v", tt.body, got, tt.dims)
		}
		if got := tt.body.Newest(); !got.Equal(tt.newest) {
			t.Errorf("%+v: newest %v, want %v", tt.body, got, tt.newest)
		}
		if got := merged(desk.Record{Body: tt.body}).States[0].Shows == desk.ShowsAnswer; got != tt.shows {
			t.Errorf("%+v: shows its outcome: %t, want %t", tt.body, got, tt.shows)
		}
	}
}

func TestEveryKindHasItsNumberAndItsName(t *testing.T) {
	want := []string{
		"ticket", "call", "survey", "message", "review", "customer", "purchase", "feedback", "article",
		"article_view", "session", "outreach", "referral", "enrolment", "staffing", "cost",
	}
	var got []string
	for i, k := range desk.Kinds() {
		if int(k) != i+1 {
			t.Errorf("%v has the number %d, want %d", k, k, i+1)
		}
		got = append(got, k.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := desk.Kind(0).String(); got != "kind(0)" {
		t.Errorf("no kind is called %q", got)
	}
}

func TestEveryTypeOfTheOtherRecordsIsReadBack(t *testing.T) {
	readsBack(t, desk.ParsePurchaseType, "new", "upsell", "cross_sell")
	readsBack(t, desk.ParseFeedbackType, "review", "comment", "complaint", "suggestion", "question", "mention")
	readsBack(t, desk.ParseContentKind, "faq", "article", "video")
	readsBack(t, desk.ParseArticleStatus, "draft", "published", "archived")
	readsBack(t, desk.ParseSessionType, "web", "product")
	readsBack(t, desk.ParseOutreachType, "call", "message", "campaign", "recommendation")
	readsBack(t, desk.ParseReferralType, "organic", "affiliate")
	readsBack(t, desk.ParseEnrolmentType, "loyalty", "training")
}

// readsBack checks the words of a stored type, in the order of their numbers.
func readsBack[W interface {
	~uint8
	String() string
}](t *testing.T, parse func(string) (W, bool), names ...string) {
	t.Helper()
	for i, name := range names {
		if w, ok := parse(name); !ok || int(w) != i+1 || w.String() != name {
			t.Errorf("%T: %q is %d, %v and is written %q", w, name, w, ok, w)
		}
	}
	var unknown W
	if w, ok := parse("unknown"); ok || w != 0 || unknown.String() != "unknown" || W(200).String() != "unknown" {
		t.Errorf("%T: unknown is read as %d, %v", w, w, ok)
	}
}

func TestAReviewWithoutScoresWaitsForThem(t *testing.T) {
	h := merged(
		desk.Record{ID: "1", Origin: row(1, 1), Body: &desk.Review{ReviewedAt: at(0), Team: "a"}},
		desk.Record{ID: "1", Origin: row(2, 1), Body: &desk.Review{ReviewedAt: at(0), Team: "b", Score: desk.Some(4.0)}},
	)
	want := &desk.Review{ReviewedAt: at(0), Team: "b", Score: desk.Some(4.0)}
	if !reflect.DeepEqual(h.Body, want) || h.States[0].Shows != 0 || h.States[1].Shows != desk.ShowsAnswer {
		t.Errorf("got %s", text(h))
	}
}

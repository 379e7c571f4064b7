#!/usr/bin/perl
# play.pl < EVENTS lets agents and customers do what EVENTS says, a JSON list in
# the order of time, through RT's own code and without its web server. RT takes
# the time from Perl, and Perl's is set to that of each event: so RT itself dates
# all that follows from one.
#
# An event has `at` (seconds since 1970), `do`, `ticket` (the id; a new ticket
# must get the one that is said) and `by`, a login or a customer's address; it may
# have `leaves`, the status that the ticket must then be in.
use strict;
use warnings;

my $now;
BEGIN {
    my $clock = sub () { defined $now ? $now : CORE::time() };
    *CORE::GLOBAL::time   = $clock;
    *CORE::GLOBAL::gmtime = sub (;$) { CORE::gmtime(@_ ? $_[0] : $clock->()) };
}
use JSON::PP;
use RT -init;
use RT::Interface::Email;

sub message {
    my ($text) = @_;
    return MIME::Entity->build(Type => 'text/plain', Charset => 'utf-8', Data => [$text]);
}

# mail hands a customer's letter to RT as its mail gateway would.
sub mail {
    my ($e, $subject) = @_;
    my $letter = join "\n", "From: $e->{by}", "To: desk\@rt.example", "Subject: $subject",
        "Message-ID: <$e->{at}.$e->{ticket}\@customers.example>", 'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8', '', 'It does not work.', '';
    my ($ok, $why, $ticket) = RT::Interface::Email::Gateway({ message => $letter, queue => $e->{queue} || 'Support', action => 'correspond' });
    die "mail: $why\n" unless $ok && $ticket;
    return $ticket->id;
}

my %doing = (
    # mail opens a ticket, or answers on one.
    mail => sub {
        my ($e) = @_;
        my $is = mail($e, $e->{new} ? "Problem $e->{ticket}" : "Re: [rt.example #$e->{ticket}] Problem $e->{ticket}");
        return ($is == $e->{ticket}, "the mail went to ticket $is");
    },

    # take opens a ticket on behalf of a customer.
    take => sub {
        my ($e, $ticket) = @_;
        my ($is) = $ticket->Create(
            Queue => $e->{queue}, Requestor => $e->{customer}, Subject => "Problem $e->{ticket}", MIMEObj => message('A customer called.'));
        return ($is && $is == $e->{ticket}, 'the ticket got id ' . ($is || 'none'));
    },

    reply    => sub { $_[1]->Correspond(MIMEObj => message('Please try this.'), TimeTaken => $_[0]{minutes} || 0) },
    note     => sub { $_[1]->Comment(MIMEObj => message('He called again.'), TimeTaken => $_[0]{minutes} || 0) },
    status   => sub { $_[1]->SetStatus($_[0]{status}) },
    queue    => sub { $_[1]->SetQueue($_[0]{queue}) },
    owner    => sub { $_[1]->SetOwner($_[0]{owner}) },
    priority => sub { $_[1]->SetPriority($_[0]{priority}) },
    merge    => sub { $_[1]->MergeInto($_[0]{into}) },
);

my $events = decode_json(do { local $/; <STDIN> });
for my $e (@$events) {
    $now = $e->{at};
    my $user = RT::CurrentUser->new;
    my $ticket;
    if ($e->{do} ne 'mail') {
        $user->Load($e->{by});
        $ticket = RT::Ticket->new($user);
        $ticket->Load($e->{ticket}) unless $e->{do} eq 'take';
    }
    my ($ok, $why) = $doing{ $e->{do} }->($e, $ticket);
    die "rt: ticket $e->{ticket}: $e->{do} by $e->{by}: $why\n" unless $ok;

    my $after = RT::Ticket->new(RT->SystemUser);
    $after->Load($e->{ticket});
    die "rt: ticket $e->{ticket}: $e->{do} leaves it ", $after->Status, ", not $e->{leaves}\n"
        if $e->{leaves} && $after->Status ne $e->{leaves};
}

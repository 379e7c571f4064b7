#!/usr/bin/perl
# Furnishes an empty Request Tracker: queues, agents, customers, and the account
# of the exporter with the least rights that it needs. Writes what the tests have
# to know to $RT_HOME/env.
use strict;
use warnings;
use RT -init;

my $system = RT->SystemUser;

# done passes on what RT made, or dies of what RT has against it.
sub done {
    my ($ok, $why) = @_;
    die "rt: $why\n" unless $ok;
    return $ok;
}

sub person {
    my ($name, $address, $privileged) = @_;
    my $user = RT::User->new($system);
    done($user->Create(Name => $name, EmailAddress => $address, Privileged => $privileged));
    return $user;
}

my @agents = map { person($_, "$_\@rt.example", 1) } qw(anna boris chloe);
person("customer$_\@customers.example", "customer$_\@customers.example", 0) for 1 .. 9;
my $exporter = person('exporter', 'exporter@rt.example', 1);

my $team = RT::Group->new($system);
done($team->CreateUserDefinedGroup(Name => 'Agents'));
done($team->AddMember($_->PrincipalId)) for @agents;
my $everyone = RT::Group->new($system);
$everyone->LoadSystemInternalGroup('Everyone');

my %rights = (
    agents   => [qw(SeeQueue ShowTicket ShowTicketComments CreateTicket ReplyToTicket CommentOnTicket ModifyTicket OwnTicket ReassignTicket DeleteTicket)],
    everyone => [qw(CreateTicket ReplyToTicket)],    # by mail
    exporter => [qw(SeeQueue ShowTicket ShowTicketComments SeeCustomField)],
);
my %holder = (agents => $team, everyone => $everyone, exporter => $exporter);
for my $name (qw(Support Billing Sales)) {
    my $queue = RT::Queue->new($system);
    done($queue->Create(Name => $name, SLADisabled => 0));
    for my $who (sort keys %rights) {
        done($holder{$who}->PrincipalObj->GrantRight(Right => $_, Object => $queue)) for @{ $rights{$who} };
    }
}

sub token {
    my ($user) = @_;
    my ($ok, $why, $text) = RT::AuthToken->new($system)->Create(Owner => $user->id, Description => 'check');
    done($ok, $why);
    return $text;
}

umask 077;
open my $env, '>', "$ENV{RT_HOME}/env" or die "$ENV{RT_HOME}/env: $!\n";
print $env "RT_HOME=$ENV{RT_HOME}\nRT_TRUTH=$ENV{RT_HOME}/truth.json\nRT_URL=http://127.0.0.1:$ENV{RT_PORT}\n";
print $env 'RT_TOKEN=', token($exporter), "\nRT_AGENT_TOKEN=", token($agents[0]), "\n";
close $env or die "$ENV{RT_HOME}/env: $!\n";

# The configuration of the Request Tracker that rt.sh runs. RT reads it as Perl;
# $ENV{RT_HOME} is the folder of the instance, $ENV{RT_PORT} its port.
my ($home, $port) = @ENV{qw(RT_HOME RT_PORT)};

Set($rtname, 'rt.example');
Set($Organization, 'rt.example');
Set($WebDomain, '127.0.0.1');
Set($WebPort, $port);
Set($DatabaseType, 'SQLite');
Set($DatabaseName, "$home/rt.sqlite");
Set($Timezone, 'UTC');
Set($CorrespondAddress, 'desk@rt.example');
Set($CommentAddress, 'desk-comment@rt.example');

# No mail leaves the machine.
Set($MailCommand, sub { 1 });

# RT hashes the token of each request. Four rounds are no protection, and quick.
Set($BcryptCost, 4);

Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($WebSessionClass, 'Apache::Session::File');
Set($MasonDataDir, "$home/mason");
Set($MasonSessionDir, "$home/sessions");

# The due dates of tickets move as agents and customers write.
Set(%ServiceAgreements,
    Default => 'Standard',
    Levels  => { Standard => { Response => { RealMinutes => 8 * 60 }, Resolve => { RealMinutes => 48 * 60 } } },
);
1;

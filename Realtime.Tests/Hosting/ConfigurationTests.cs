using Microsoft.Extensions.Configuration;
using Realtime.Messages.Ids;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence.Store;

namespace Realtime.Tests.Hosting;

public sealed class ConfigurationTests
{
    [Fact]
    public void Nothing_written_gives_the_documented_defaults()
    {
        var read = Read();

        read.Settings.Node.ShouldBe(new NodeId("node-0"));
        read.Settings.Port.ShouldBe(8080);
        read.Settings.Address.ShouldBe("localhost");
        read.Store.ShouldBe(new StoreChoice.Sqlite("data/realtime.db"));
        read.Settings.Sessions.ShouldBe(new Realtime.Node.Sessions.SessionPolicy());
        read.Settings.Channels.ShouldBe(new Realtime.Node.Channels.ChannelPolicy());
        read.Settings.Connections.ShouldBe(new Realtime.Node.Connections.ConnectionPolicy { TakesAnonymous = false, HidesChannels = true });
        read.Settings.Namespaces.All.Select(policy => policy.Name).Order(StringComparer.Ordinal).ShouldBe(["@", "default"]);
        read.Settings.Namespaces.Of(ChannelName.Parse("lobby")).ShouldBe(new NamespacePolicy("default") { Subscribe = AccessRule.Users, Publish = AccessRule.Users });
        read.Settings.Namespaces.Of(ChannelName.Parse("@alice")).ShouldBe(new NamespacePolicy("@") { Subscribe = AccessRule.Users, Publish = AccessRule.Nobody });
    }

    [Fact]
    public void Keys_are_read_from_text_and_files_and_their_faults_named()
    {
        var secret = new string('k', 32);
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.File("secret"), new string('k', 48) + "\n");
        (string, string?) algorithm = ("Auth:Keys:A:Algorithm", "HS384");
        (string, string?) file = ("Auth:Keys:A:KeyFile", directory.File("secret"));

        Read(algorithm, file, ("Auth:Keys:b:Algorithm", "HS256"), ("Auth:Keys:b:Key", secret)).Settings.Tokens.Keys.Select(key => (key.Id, key.Algorithm))
            .ShouldBe([("a", "HS384"), ("b", "HS256")], ignoreOrder: true);
        Faults(algorithm, file, ("Auth:Keys:A:Key", secret)).ShouldBe(["Realtime:Auth:Keys:a must have either Key or KeyFile"]);
        Faults(("Auth:Keys:A:Algorithm", "HS512"), file).ShouldBe(["Realtime:Auth:Keys:a:KeyFile must be at least 64 bytes for HS512, is 48"]);
        Faults(algorithm, ("Auth:Keys:A:KeyFile", directory.File("none"))).ShouldHaveSingleItem().ShouldStartWith("Realtime:Auth:Keys:a:KeyFile cannot be read: ");
    }

    [Theory]
    [InlineData(false, null, null, false, true)]
    [InlineData(true, null, null, true, false)]
    [InlineData(false, "true", "false", true, false)]
    [InlineData(true, "false", "true", false, true)]
    public void Outside_of_development_clients_need_a_token_and_tokens_an_end(bool isDevelopment, string? anonymous, string? expiry, bool takesAnonymous, bool requiresExpiry)
    {
        (string, string?)[] said = anonymous is null ? [] : [("Auth:Anonymous", anonymous), ("Auth:RequireExpiry", expiry)];
        var read = NodeConfiguration.Read(Configuration(said), isDevelopment: isDevelopment);

        read.Settings.Connections.TakesAnonymous.ShouldBe(takesAnonymous);
        read.Settings.Tokens.Rules.RequireExpiry.ShouldBe(requiresExpiry);
    }

    [Fact]
    public void In_development_what_is_not_said_is_open()
    {
        var settings = NodeConfiguration.Read(
            Configuration(("Namespaces:chat:Publish", "Users"), ("Namespaces:quiz:Subscribe", "Nobody")), isDevelopment: true).Settings;

        settings.Connections.HidesChannels.ShouldBeFalse();
        settings.Namespaces.Of(ChannelName.Parse("lobby")).ShouldBe(new NamespacePolicy("default"));
        settings.Namespaces.Of(ChannelName.Parse("chat:1")).ShouldBe(new NamespacePolicy("chat") { Publish = AccessRule.Users });
        settings.Namespaces.Of(ChannelName.Parse("quiz:1")).ShouldBe(new NamespacePolicy("quiz") { Subscribe = AccessRule.Nobody });
        settings.Namespaces.Of(ChannelName.Parse("@alice")).ShouldBe(new NamespacePolicy("@") { Subscribe = AccessRule.Users, Publish = AccessRule.Nobody });
    }

    [Fact]
    public void Every_kind_of_value_is_read()
    {
        var settings = Read(
            ("Node", "a.b_c-1"),
            ("Port", "0"),
            ("Origins", "https://a.example, http://localhost:3000"),
            ("NAMESPACES:CHAT:DURABILITY", "memory"),
            ("Namespaces:chat:Presence", "TRUE"),
            ("Namespaces:chat:Publish", "subscribers"),
            ("Namespaces:chat:ReadPresence", "Anyone"),
            ("Namespaces:chat:ReadHistory", "Nobody"),
            ("Namespaces:chat:MessageBytes", "1KiB"),
            ("Namespaces:chat:Lag", "Latest"),
            ("Namespaces:chat:History:Count", "7"),
            ("Namespaces:chat:History:Bytes", "1 MiB"),
            ("Namespaces:chat:History:Age", "none"),
            ("Namespaces:cursors:Durability", "None"),
            ("Sessions:Grace", "00:00:30"),
            ("Sessions:WriteBehind", "50ms"),
            ("Channels:SequenceWindow", "2h"),
            ("Connections:FrameBytes", "65536")).Settings;

        settings.Node.Name.ShouldBe("a.b_c-1");
        settings.Port.ShouldBe(0);
        settings.Origins.ShouldBe(["https://a.example", "http://localhost:3000"]);
        settings.Namespaces.Of(ChannelName.Parse("chat:1")).ShouldBe(new NamespacePolicy("chat")
        {
            Durability = Durability.Memory,
            Presence = true,
            Subscribe = AccessRule.Users,
            Publish = AccessRule.Subscribers,
            ReadPresence = AccessRule.Anyone,
            ReadHistory = AccessRule.Nobody,
            MessageBytes = 1024,
            Lag = LagPolicy.Latest,
            History = new HistoryLimits { Count = 7, Bytes = 1024 * 1024, Age = null },
        });
        settings.Namespaces.Of(ChannelName.Parse("cursors:1")).Lag.ShouldBe(LagPolicy.Drop, "there is no log to catch up from");
        settings.Sessions.Grace.ShouldBe(TimeSpan.FromSeconds(30));
        settings.Sessions.WriteBehind.ShouldBe(TimeSpan.FromMilliseconds(50));
        settings.Connections.Limits.SequenceWindow.ShouldBe(7200);
        settings.Connections.Limits.FrameBytes.ShouldBe(65536);
        settings.Connections.Limits.MessageBytes.ShouldBe(65536, "the largest of any namespace");
    }

    [Fact]
    public void The_address_for_clients_has_no_slash_at_its_end()
    {
        Read().Settings.ClientUrl.ShouldBeNull();
        Read(("Cluster:ClientUrl", "wss://a.example/n/1/")).Settings.ClientUrl.ShouldBe("wss://a.example/n/1");
    }

    [Theory]
    [InlineData("Prot", "1", "Realtime:Prot is not an option; is Port meant?")]
    [InlineData("Namespaces:chat:Historie:Count", "1", "Realtime:Namespaces:chat:Historie is not an option; is History meant?")]
    [InlineData("Sessions:Colour", "red", "Realtime:Sessions:Colour is not an option; options here: Grace, OrphanGrace, TimeToLive, WriteBehind, StateKeys, StateBytes")]
    [InlineData("Port", "abc", "Realtime:Port must be a whole number, is 'abc'")]
    [InlineData("Port", "", "Realtime:Port must be a whole number, is ''")]
    [InlineData("PORT", "65536", "Realtime:Port must be between 0 and 65,535, is 65,536")]
    [InlineData("Port:X", "1", "Realtime:Port is a single value, not a section")]
    [InlineData("Sessions", "fast", "Realtime:Sessions is a section, not a single value")]
    [InlineData("Node", "", "Realtime:Node must be 1 to 64 letters, digits, '.', '_' or '-', is ''")]
    [InlineData("Node", "a b", "Realtime:Node must be 1 to 64 letters, digits, '.', '_' or '-', is 'a b'")]
    [InlineData("Address", "example", "Realtime:Address must be localhost, * or an IP address, is 'example'")]
    [InlineData("Cluster:ClientUrl", "https://a.example", "Realtime:Cluster:ClientUrl must be where clients reach this node, such as wss://node-1.example.com, is 'https://a.example'")]
    [InlineData("Admission:Resumes", "10", "Realtime:Admission:Resumes must not be less than Handshakes (5000), is 10")]
    [InlineData("Store", "redis", "Realtime:Store must be sqlite:PATH, postgres:CONNECTION or memory, is 'redis'")]
    [InlineData("Store", "postgres:Password=secret", "Realtime:Store names no host of PostgreSQL: Host=… is needed")]
    [InlineData("Store", "sqlite:", "Realtime:Store must be sqlite:PATH, postgres:CONNECTION or memory, is 'sqlite:'")]
    [InlineData("Origins:0", "https://a.example/path", "Realtime:Origins:0 must be * or an origin such as https://app.example.com, is 'https://a.example/path'")]
    [InlineData("Origins", "a.example", "Realtime:Origins:0 must be * or an origin such as https://app.example.com, is 'a.example'")]
    [InlineData("StopTimeout", "10", "Realtime:StopTimeout must be a duration such as 250ms, 10s, 5m, 2h, 7d or 00:00:10, is '10'")]
    [InlineData("StopTimeout", "-00:00:01", "Realtime:StopTimeout must be a duration such as 250ms, 10s, 5m, 2h, 7d or 00:00:10, is '-00:00:01'")]
    [InlineData("StopTimeout", "99999999999999d", "Realtime:StopTimeout must be a duration such as 250ms, 10s, 5m, 2h, 7d or 00:00:10, is '99999999999999d'")]
    [InlineData("StopTimeout", "11m", "Realtime:StopTimeout must be between 0s and 10m, is 11m")]
    [InlineData("Namespaces:chat:MessageBytes", "64KB", "Realtime:Namespaces:chat:MessageBytes must be a size such as 65536, 64KiB or 16MiB, is '64KB'")]
    [InlineData("Namespaces:chat:MessageBytes", "9999999999GiB", "Realtime:Namespaces:chat:MessageBytes must be a size such as 65536, 64KiB or 16MiB, is '9999999999GiB'")]
    [InlineData("Namespaces:chat:MessageBytes", "256KiB", "Realtime:Namespaces:chat:MessageBytes must not be larger than Realtime:Connections:FrameBytes (128KiB), is 256KiB")]
    [InlineData("Namespaces:chat:Presence", "yes", "Realtime:Namespaces:chat:Presence must be true or false, is 'yes'")]
    [InlineData("Namespaces:chat:Durability", "1", "Realtime:Namespaces:chat:Durability must be one of Journal, Memory, None, is '1'")]
    [InlineData("Namespaces:chat:Subscribe", "Subscribers", "Realtime:Namespaces:chat:Subscribe must be one of Nobody, Users, Anyone: only subscribers could subscribe")]
    [InlineData("Namespaces:chat:History:Count", "0", "Realtime:Namespaces:chat:History:Count must be between 1 and 1,000,000, is 0")]
    [InlineData("Namespaces:chat:History:Age", "1ms", "Realtime:Namespaces:chat:History:Age must be between 1s and 3650d, is 1ms")]
    [InlineData("Namespaces:chat:History:Bytes", "64KiB", "Realtime:Namespaces:chat:History:Bytes must hold at least one message (MessageBytes is 64KiB, plus 64), is 64KiB")]
    [InlineData("Namespaces:~sys:Presence", "true", "Realtime:Namespaces:~sys starts with '~', which is reserved for the server")]
    [InlineData("Namespaces:$vip:Presence", "true", "Realtime:Namespaces:$vip starts with '$', which marks channels, not namespaces")]
    [InlineData("Namespaces:a b:Presence", "true", "Realtime:Namespaces:a b must be named with 1 to 64 of a-z, 0-9, '.', '_' and '-'")]
    [InlineData("Sessions:Grace", "2m,Sessions:TimeToLive=1m", "Realtime:Sessions:Grace must not be longer than TimeToLive (1m), is 2m")]
    [InlineData("Sessions:WriteBehind", "1s", "Realtime:Sessions:WriteBehind must be between 1ms and 250ms, is 1s")]
    [InlineData("Connections:PingEvery", "1500ms", "Realtime:Connections:PingEvery must be in whole seconds, is 1500ms")]
    [InlineData("Connections:HelloBytes", "256KiB", "Realtime:Connections:HelloBytes must not be larger than FrameBytes (128KiB), is 256KiB")]
    [InlineData("Connections:QueueBytes", "64KiB", "Realtime:Connections:QueueBytes must hold at least one frame (FrameBytes is 128KiB), is 64KiB")]
    [InlineData("Connections:RequestBurst", "10", "Realtime:Connections:RequestBurst must not be less than RequestRate (500), is 10")]
    [InlineData("Connections:OpenRequests", "10", "Realtime:Connections:OpenRequests must not be less than Realtime:Channels:InFlight (128), is 10")]
    [InlineData("Auth:DevelopmentKey", "too short", "Realtime:Auth:DevelopmentKey must be at least 32 bytes, is 9")]
    [InlineData("Auth:Keys:a:Key", "too short", "Realtime:Auth:Keys:a:Algorithm must be one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, is ''")]
    [InlineData("Auth:Jwks", "http://login.example.com/keys", "Realtime:Auth:Jwks must be an https address, an http address of this machine, or a file")]
    [InlineData("Auth:Authority", "login.example.com", "Realtime:Auth:Authority must be an https address, or an http address of this machine, without a query")]
    [InlineData("Auth:Anonymous", "maybe", "Realtime:Auth:Anonymous must be true or false, is 'maybe'")]
    [InlineData("Auth:Issuer", "me", "Realtime:Auth:Issuer checks nothing without DevelopmentKey, Keys, Jwks or Authority")]
    [InlineData("Log:Level", "Loud", "Realtime:Log:Level must be one of Verbose, Debug, Information, Warning, Error, Fatal, is 'Loud'")]
    [InlineData("Namespaces:c:Durability", "None,Namespaces:c:Lag=Catchup", "Realtime:Namespaces:c:Lag cannot be Catchup with Durability None: there is no log to catch up from")]
    [InlineData("Namespaces:c:Durability", "None,Namespaces:c:History:Count=5", "Realtime:Namespaces:c:History has no meaning with Durability None, which keeps nothing")]
    public void A_fault_is_reported_with_its_path(string key, string value, string fault)
    {
        // A second setting rides along after a comma where a rule is about two.
        var parts = value.Split(",Namespaces:", 2) is [var first, var second] ? [first, "Namespaces:" + second] : value.Split(",Sessions:", 2) is [var one, var two] ? [one, "Sessions:" + two] : new[] { value };
        var settings = new List<(string, string?)> { (key, parts[0]) };
        if (parts.Length == 2)
        {
            var pair = parts[1].Split('=');
            settings.Add((pair[0], pair[1]));
        }

        Faults([.. settings]).ShouldBe([fault]);
    }

    [Fact]
    public void All_faults_are_reported_at_once() =>
        Faults(("Port", "x"), ("Node", "!"), ("Sessions:Grace", "soon"), ("Nonsense", "1"), ("Namespaces:chat:History:Count", "-1")).Count.ShouldBe(5);

    [Fact]
    public void Code_has_the_last_word_and_is_checked_too()
    {
        NodeConfiguration.Read(Configuration(("Port", "1")), options => options.Port = 2).Settings.Port.ShouldBe(2);
        Should.Throw<RealtimeConfigurationException>(() => NodeConfiguration.Read(Configuration(), options => options.Port = -1))
            .Faults.ShouldBe(["Realtime:Port must be between 0 and 65,535, is -1"]);
    }

    [Fact]
    public void The_effective_configuration_reads_back_to_itself_and_hides_secrets()
    {
        const string Key = "a development key of at least 32 bytes";
        var read = Read(("Auth:DevelopmentKey", Key), ("Namespaces:chat:History:Age", "none"), ("Origins:0", "https://a.example"), ("Namespaces:c:Durability", "None"));
        var lines = EffectiveConfiguration.Lines(RealtimeOptions.Section, read.Options).ToList();

        lines.ShouldContain("Realtime:Auth:DevelopmentKey = ********");
        string.Join('\n', lines).ShouldNotContain(Key);
        var again = new ConfigurationBuilder()
            .AddInMemoryCollection(lines.Select(line => line.Split(" = ", 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1].Replace("********", Key, StringComparison.Ordinal))))
            .Build();
        EffectiveConfiguration.Lines(RealtimeOptions.Section, NodeConfiguration.Read(again).Options).ShouldBe(lines);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("65536", 65536)]
    [InlineData("64KiB", 65536)]
    [InlineData("64 kib", 65536)]
    [InlineData("2GiB", 2147483648)]
    [InlineData("5B", 5)]
    [InlineData("1.5MiB", -1)]
    [InlineData("-1", -1)]
    [InlineData("KiB", -1)]
    [InlineData("", -1)]
    [InlineData("64K", -1)]
    public void Sizes(string text, long bytes)
    {
        ByteSize.TryParse(text, out var size).ShouldBe(bytes >= 0);
        size.Bytes.ShouldBe(Math.Max(bytes, 0));
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("10s", 10_000)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("0s", 0)]
    [InlineData("00:00:10", 10_000)]
    [InlineData("1.00:00:00", 86_400_000)]
    [InlineData("10", -1)]
    [InlineData("1.5s", -1)]
    [InlineData("-1s", -1)]
    [InlineData("s", -1)]
    [InlineData("", -1)]
    public void Durations(string text, long milliseconds)
    {
        DurationText.TryParse(text, out var duration).ShouldBe(milliseconds >= 0);
        if (milliseconds >= 0)
        {
            duration.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
            DurationText.TryParse(DurationText.Format(duration), out var again).ShouldBeTrue();
            again.ShouldBe(duration);
        }
    }

    private static NodeConfiguration Read(params (string Key, string? Value)[] settings) => NodeConfiguration.Read(Configuration(settings));

    private static IReadOnlyList<string> Faults(params (string Key, string? Value)[] settings) =>
        Should.Throw<RealtimeConfigurationException>(() => Read(settings)).Faults;

    private static IConfigurationRoot Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("Realtime:" + setting.Key, setting.Value))).Build();
}

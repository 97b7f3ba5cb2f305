namespace Realtime.Tests.Architecture;

public sealed class LogEventTests
{
    private const string Registry = """
        // 5000 Sessions
        public const int SessionLost = 5001;
        public const int SessionFound = 5002; // retired: nobody wanted to know

        // 5100 Channels
        public const int ChannelLost = 5101;
        """;

    private const string Good = "[LoggerMessage(LogEvents.SessionLost, LogLevel.Error, \"a\")]";
    private const string Other = "[LoggerMessage(5101, LogLevel.Error, \"a\")]";

    [Fact]
    public void Every_log_message_has_a_number_of_its_own_in_the_range_of_its_folder()
    {
        var registry = RepositoryFiles.Get("Realtime.Node/Telemetry/LogEvents.cs");
        var sources = RepositoryFiles.CSharp.Where(file => !file.Path.StartsWith("Realtime.Tests/", StringComparison.Ordinal)).ToList();

        sources.ShouldContain(file => file.Code.Contains("[LoggerMessage(", StringComparison.Ordinal), "no log messages were found");
        new LogEventTable(registry).Faults(sources).ShouldBeEmpty();
    }

    [Fact]
    public void A_sound_registry_has_no_faults() => Faults(Registry, Good, Other).ShouldBeEmpty();

    [Theory]
    [InlineData("[LoggerMessage(5101, LogLevel.Error, \"b\")]", "is taken")]
    [InlineData("[LoggerMessage(LogEvents.Unheard, LogLevel.Error, \"b\")]", "not in the registry")]
    [InlineData("[LoggerMessage(5199, LogLevel.Error, \"b\")]", "not in the registry")]
    [InlineData("[LoggerMessage(LogLevel.Error, \"b\")]", "has no number")]
    [InlineData("[LoggerMessage(LogEvents.SessionFound, LogLevel.Error, \"b\")]", "retired and written")]
    public void A_number_that_is_taken_unknown_missing_or_retired_is_found(string use, string fault)
    {
        Faults(Registry, Good + use, Other).ShouldContain(found => found.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_number_of_another_folder_is_found() => Faults(Registry, Good + Other, "").ShouldContain(fault => fault.Contains("belongs to Channels", StringComparison.Ordinal));

    [Fact]
    public void A_number_with_two_names_or_without_a_message_is_found()
    {
        Faults(Registry + "\npublic const int ChannelGone = 5101;", Good, Other).ShouldContain(fault => fault.Contains("several names", StringComparison.Ordinal));
        Faults(Registry, Good, "").ShouldHaveSingleItem().ShouldContain("written nowhere");
    }

    private static List<string> Faults(string registry, string sessions, string channels) => new LogEventTable(new SourceFile("LogEvents.cs", registry))
        .Faults([new SourceFile("Node/Sessions/A.cs", sessions), new SourceFile("Node/Channels/B.cs", channels)]).ToList();
}

using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>No actor system of a test writes into the output of a run what nobody has to read.</summary>
public sealed partial class TestOutputTests
{
    [Fact]
    public void Every_actor_system_of_a_test_begins_with_the_configuration_that_keeps_it_quiet()
    {
        var makers = RepositoryFiles.CSharp.Where(file => file.Path.StartsWith("Realtime.Tests/", StringComparison.Ordinal) && ActorSystemMade().IsMatch(file.Text)).ToList();

        makers.Count.ShouldBeGreaterThan(10);
        makers.Where(file => !Quiet().IsMatch(file.Text)).Select(file => file.Path).ShouldBeEmpty();
    }

    /// <summary>A node's own configuration leaves the output to the application's loggers.</summary>
    [GeneratedRegex(@"TestHocon\.(Quiet|Silent)|WithRealtimeCluster")]
    private static partial Regex Quiet();

    [GeneratedRegex(@": (Akka\.TestKit\.Xunit\.)?TestKit\b|ActorSystem\.Create\(|AddAkka\(")]
    private static partial Regex ActorSystemMade();
}

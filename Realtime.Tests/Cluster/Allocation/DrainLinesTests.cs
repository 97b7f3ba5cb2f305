using Microsoft.Extensions.Logging;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Allocation;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Allocation;

public sealed class DrainLinesTests
{
    private readonly ManualClock _clock = new();
    private readonly CollectedLog _log = new();
    private readonly DrainLines _lines;

    public DrainLinesTests() => _lines = new DrainLines(new NodeId("n1"), _clock, _log.CreateLogger("drains"));

    [Fact]
    public void A_drain_is_one_line_when_it_begins_and_one_when_the_last_shard_has_gone()
    {
        See(sessions: 85, channels: 86, isDraining: false);
        See(sessions: 85, channels: 86);
        _clock.Advance(TimeSpan.FromSeconds(1));
        See(sessions: 4, channels: 0);
        _clock.Advance(TimeSpan.FromSeconds(2));
        See(sessions: 0, channels: 0);
        See(sessions: 0, channels: 0);

        Texts().ShouldBe(
        [
            "Shards: n1 gives 85 session and 86 channel shards to other nodes, because an operator drains it",
            "Shards: n1 has given 85 session and 86 channel shards to other nodes, in 3000 ms",
        ]);
    }

    [Fact]
    public void Who_stops_says_why_it_gives_its_shards_away()
    {
        See(sessions: 1, channels: 2, isStopping: true);

        Texts().ShouldBe(["Shards: n1 gives 1 session and 2 channel shards to other nodes, because its process is about to end"]);
    }

    [Fact]
    public void A_drain_that_is_taken_back_says_what_stays_and_the_next_one_is_another()
    {
        See(sessions: 3, channels: 3);
        _clock.Advance(TimeSpan.FromSeconds(1));
        See(sessions: 2, channels: 3, isDraining: false);
        See(sessions: 3, channels: 3);

        Texts()[1..].ShouldBe(
        [
            "Shards: n1 keeps the 5 shards that it has left: its drain was taken back after 1000 ms",
            "Shards: n1 gives 3 session and 3 channel shards to other nodes, because an operator drains it",
        ]);
    }

    [Fact]
    public void A_node_that_has_nothing_says_nothing()
    {
        See(sessions: 0, channels: 0);
        See(sessions: 0, channels: 0, isDraining: false);

        Texts().ShouldBeEmpty();
    }

    private void See(int sessions, int channels, bool isDraining = true, bool isStopping = false) => _lines.See(isDraining, isStopping, sessions, channels);

    private List<string> Texts() => [.. _log.Lines.Where(line => line.Level is LogLevel.Information).Select(line => line.Text)];
}

using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Tests.StoreChild;

namespace Realtime.Tests.Journal;

/// <summary>Real processes on one file, all writing as fast as they can.</summary>
public sealed class SqliteProcessesTests : IAsyncDisposable
{
    private readonly SqliteStoreCase _case = new();
    private readonly Dictionary<string, NodeChild> _running = [];
    private readonly Dictionary<string, long> _acknowledged = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _running.Values)
        {
            await child.DisposeAsync();
        }

        await _case.DisposeAsync();
    }

    [Fact]
    public async Task Three_processes_make_a_file_write_it_and_keep_their_leases_and_a_killed_one_comes_back_at_once()
    {
        // All at once, and the file does not exist: one of them makes it.
        for (var number = 0; number < 3; number++)
        {
            Start(number);
        }

        await ProgressAsync(heartbeats: 10, appends: 40);
        for (var turn = 0; turn < 3; turn++)
        {
            await KillAsync(turn);
            Start(turn);
            await ProgressAsync(heartbeats: 5, appends: 20);
        }

        for (var number = 0; number < 3; number++)
        {
            await KillAsync(number);
        }

        await CheckAsync();
    }

    [Fact]
    public async Task A_second_process_of_the_same_name_is_refused_and_the_first_goes_on()
    {
        Start(0);
        await ProgressAsync(heartbeats: 1, appends: 1);
        await using (var second = NodeChild.Start(_case.File, Name(0), 1))
        {
            (await second.UntilItFailsAsync()).ShouldContain("in use by another process under the node name 'node-0'");
        }

        await ProgressAsync(heartbeats: 5, appends: 5);
    }

    [Fact]
    public async Task While_processes_share_a_file_nobody_gets_it_for_himself()
    {
        Start(0);
        await ProgressAsync(heartbeats: 1, appends: 1);

        (await Should.ThrowAsync<StoreFaultException>(_case.StartAsync)).Fault.ShouldBe(StoreFault.InUse);

        await KillAsync(0);
        await _case.StartAsync();
        var child = NodeChild.Start(_case.File, Name(0), 0);
        await using (child)
        {
            (await child.UntilItFailsAsync()).ShouldContain("in use by another process (it holds");
        }
    }

    private static string Name(int number) => $"node-{number}";

    private static IEnumerable<int> ShardsOf(int number) => Enumerable.Range(number * Workload.ShardsPerNode, Workload.ShardsPerNode);

    private void Start(int number) => _running.Add(Name(number), NodeChild.Start(_case.File, Name(number), number));

    /// <summary>Until each running child has written that much more in each of its shards, and renewed its lease that often.</summary>
    private async Task ProgressAsync(int heartbeats, int appends)
    {
        var goals = _running.Select(pair => (
            Child: pair.Value,
            Heartbeats: pair.Value.Heartbeats + heartbeats,
            Offsets: ShardsOf(int.Parse(pair.Key[^1..], System.Globalization.CultureInfo.InvariantCulture))
                .Select(shard => Workload.Channel(shard).Value)
                .Select(channel => (channel, Offset: Math.Max(pair.Value.Said(channel), _acknowledged.GetValueOrDefault(channel)) + (appends * Workload.Group)))
                .ToList())).ToList();
        foreach (var goal in goals)
        {
            await goal.Child.Until(
                () => goal.Child.Heartbeats >= goal.Heartbeats && goal.Offsets.TrueForAll(channel => goal.Child.Said(channel.channel) >= channel.Offset),
                $"{goal.Heartbeats} heartbeats (of {goal.Child.Heartbeats}) and appends up to {string.Join(", ", goal.Offsets)}");
        }
    }

    private async Task KillAsync(int number)
    {
        _running.Remove(Name(number), out var child).ShouldBeTrue();
        await using (child)
        {
            await child!.KillAsync();
            foreach (var channel in ShardsOf(number).Select(shard => Workload.Channel(shard).Value))
            {
                _acknowledged[channel] = Math.Max(_acknowledged.GetValueOrDefault(channel), child.Said(channel));
            }
        }
    }

    private async Task CheckAsync()
    {
        await _case.StartAsync();
        for (var shard = 0; shard < Workload.Shards; shard++)
        {
            var channel = Workload.Channel(shard);
            var log = await _case.OpenAsync(channel.Value);
            log.Head.ShouldBeGreaterThanOrEqualTo(_acknowledged[channel.Value], $"{channel} has lost acknowledged messages");
            (log.Head % Workload.Group).ShouldBe(0, $"{channel} has half an append");
            var slice = await _case.ReadAsync(log.Log);
            slice.Messages.Count.ShouldBe((int)log.Head);
            foreach (var message in slice.Messages)
            {
                (message == (Workload.Message(channel, message.Offset) with { Tags = message.Tags })).ShouldBeTrue($"{channel} has other bytes at {message.Offset}");
            }
        }

        var view = await _case.Cluster.ViewAsync();
        view.Nodes.Count.ShouldBe(3, "a node that came back took the place of its dead self");
        view.Nodes.Select(node => node.Incarnation).Distinct().Count().ShouldBe(3);

        // Each was acquired by the first life, freed by the second one's join, and acquired again.
        view.Shards.ShouldAllBe(row => row.Epoch == 3);
        view.Shards.Select(row => row.Owner).ShouldBe(
            view.Shards.Select(row => view.Nodes.Single(node => node.Profile.Name == new NodeId(Name(row.Shard.Value / Workload.ShardsPerNode))).Incarnation));
    }
}

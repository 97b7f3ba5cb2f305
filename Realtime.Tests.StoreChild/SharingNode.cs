using System.Security.Cryptography;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Tests.StoreChild;

/// <summary>One of several processes on one file: joins at once, takes its shards, writes a log in each, and keeps its lease meanwhile.</summary>
internal sealed class SharingNode(IClusterStore cluster, NodeId name, Acknowledgements acknowledgements)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);
    private readonly Guid _boot = new(RandomNumberGenerator.GetBytes(16));

    public async Task StartAsync(int number)
    {
        await cluster.FoundAsync(new ClusterCharter(Workload.Shards, 1));

        // Whoever had this name is dead, for it is ours now; nothing has to be seen.
        var self = (await cluster.JoinAsync(new NodeProfile(name, _boot, "127.0.0.1:1", null, null, 1, 1), seen: null)).Incarnation;
        if (self.IsNone)
        {
            Environment.FailFast($"{name} was not let in");
        }

        new Thread(() => KeepAlive(self)) { IsBackground = true }.Start();
        var wanted = Enumerable.Range(number * Workload.ShardsPerNode, Workload.ShardsPerNode).Select(shard => new ShardId(shard)).ToList();
        var grant = await cluster.AcquireAsync(self, wanted);
        if (grant.Shards.Count != wanted.Count)
        {
            Environment.FailFast($"{name} got {grant.Shards.Count} shards");
        }

        foreach (var row in grant.Shards)
        {
            var fence = new ShardFence(row.Shard, row.Epoch, row.Owner);
            var channel = Workload.Channel(row.Shard.Value);
            var journal = (IJournal)cluster;
            new ChannelWriter(journal, channel, await journal.OpenAsync(channel, fence), acknowledgements, fence).Start();
        }
    }

    private void KeepAlive(Incarnation self)
    {
        using var never = new ManualResetEventSlim();
        for (var sequence = 1L; ; sequence++)
        {
            if (!cluster.Heartbeat(new HeartbeatRequest(self, _boot, sequence, 0, [self])).Alive)
            {
                Environment.FailFast($"{name} is dead");
            }

            acknowledgements.Write("heartbeat", sequence);
            never.Wait(Beat);
        }
    }
}

using Akka.Actor;
using Akka.DistributedData;
using Realtime.Node.Cluster.Core;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>Where the plans are: one entry of the data that nodes replicate in memory. Text alone, so that it needs no serializer of ours.</summary>
internal static class PlanData
{
    private static readonly LWWDictionaryKey<string, string> Key = new("realtime-plans");

    /// <summary>Of most nodes, however few there are.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static IActorRef ReplicatorOf(ActorSystem system) => DistributedData.Get(system).Replicator;

    public static Subscribe Subscribe(IActorRef subscriber) => new(Key, subscriber);

    public static Get Read() => Dsl.Get(Key, new ReadMajority(Patience, 0));

    /// <param name="values">Null removes the entry.</param>
    public static Update Write(ActorSystem system, IReadOnlyCollection<KeyValuePair<string, string?>> values)
    {
        var self = Akka.Cluster.Cluster.Get(system).SelfUniqueAddress;
        return Dsl.Update(
            Key,
            LWWDictionary<string, string>.Empty,
            new WriteMajority(Patience, 0),
            plans => values.Aggregate(plans, (all, entry) => entry.Value is { } value ? all.SetItem(self, entry.Key, value) : all.Remove(self, entry.Key)));
    }

    /// <summary>The plans that were read. Null: too few nodes answered.</summary>
    public static PlanBook? BookOf(IGetResponse response) => response switch
    {
        { IsSuccessful: true } => PlanBook.Of(response.Get(Key).Entries),
        NotFound => PlanBook.Empty,
        _ => null,
    };

    public static PlanBook BookOf(Changed changed) => PlanBook.Of(changed.Get(Key).Entries);
}

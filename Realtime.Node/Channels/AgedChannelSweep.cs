using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;

namespace Realtime.Node.Channels;

/// <summary>
/// The cluster's one actor that looks for channels with messages past their age, which no client may ever ask for again. It only brings
/// candidates into memory; each channel trims itself and leaves.
/// </summary>
internal sealed class AgedChannelSweep(IActorRef channels, NamespaceTable namespaces, IKeptLogs logs, AgeSweepPolicy policy, PersistenceLogging log)
    : LogSweep<KeptLog, KeptLogCursor>(channels, "channels with messages past their age", policy, log)
{
    public static Props Props(IActorRef channels, NamespaceTable namespaces, IKeptLogs logs, AgeSweepPolicy policy, PersistenceLogging log) =>
        Akka.Actor.Props.Create<AgedChannelSweep>(channels, namespaces, logs, policy, log);

    protected override Task<SweepPage<KeptLog, KeptLogCursor>> ReadAsync(KeptLogCursor after, int most) => logs.ReadAsync(after, most);

    protected override void Look(IReadOnlyList<KeptLog> entries)
    {
        var now = Context.System.Scheduler.Now;
        foreach (var entry in entries.Where(entry => IsAged(entry, now)))
        {
            Ask(tag => new ChannelRequest.Inspect(entry.Channel, tag, Brief: true));
        }
    }

    protected override long? AnswerTag(object message) => (message as ChannelReply)?.Tag;

    private bool IsAged(KeptLog entry, DateTimeOffset now) =>
        namespaces.TryFind(entry.Channel, out var space) && space is { Durability: Durability.Journal, History.Age: { } age } && now - entry.OldestWritten > age;
}

using System.Net;
using System.Text.Json;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;
using Realtime.Tests.Cluster.Checking;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>The store that the nodes of a stage share, and how tests look into it past the nodes.</summary>
internal abstract class StageStore : IAsyncDisposable
{
    private const string ChannelPrefix = "c-";

    /// <summary>Null: it is a file.</summary>
    public abstract IPEndPoint? Endpoint { get; }

    /// <summary>What <c>Realtime:Store</c> is for a node.</summary>
    public abstract string Address(string node, int? port);

    public async Task<FinalState> FinalAsync() => new(
        (await ReadAsync()).GroupBy(row => row.PersistenceId).Select(LogOf).ToDictionary(log => log.Channel), await VerdictsAsync());

    /// <summary>Once the first node has opened it: what nodes do to each other in it is written down from now on.</summary>
    public virtual Task WatchAsync() => Task.CompletedTask;

    /// <summary>Which nodes declared which dead.</summary>
    public virtual Task<IReadOnlyList<Verdict>> VerdictsAsync() => Task.FromResult<IReadOnlyList<Verdict>>([]);

    /// <summary>Of its largest file, where it is files of the node's own.</summary>
    public virtual long Bytes => 0;

    public abstract ValueTask DisposeAsync();

    /// <summary>Every event of every channel, in the order of sequence numbers.</summary>
    protected abstract Task<IReadOnlyList<(string PersistenceId, byte[] Message)>> ReadAsync();

    private static FinalLog LogOf(IGrouping<string, (string PersistenceId, byte[] Message)> rows)
    {
        EntityIds.TryParse(rows.Key[ChannelPrefix.Length..], out var channel).ShouldBeTrue(rows.Key);
        var events = rows.Select(row => EventCodec.Read(row.Message)).ToList();
        var messages = events.Select(logged => logged.Body).OfType<JournalEvent.ChannelAppended>().SelectMany(appended => appended.Messages)
            .Select(logged => KeyValuePair.Create(logged.Message.Offset, PayloadOf(logged))).ToList();
        return new FinalLog(
            channel.Value,
            events[^1].Epoch.ToString(),
            messages.Count > 0 ? messages[^1].Key : 0,
            messages.Count > 0 ? messages[0].Key : 1,
            messages,
            [.. events.Select(logged => new WrittenEvent(logged.Origin.Writer.Value, logged.Body is JournalEvent.Opened))]);
    }

    /// <summary>The load's payloads are JSON strings, the server's own logs hold objects.</summary>
    private static string PayloadOf(LoggedMessage logged)
    {
        using var payload = JsonDocument.Parse(logged.Message.Payload.Bytes);
        return payload.RootElement.ValueKind == JsonValueKind.String ? payload.RootElement.GetString()! : payload.RootElement.GetRawText();
    }
}

using System.Globalization;
using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;

namespace Realtime.Node.Cluster.Core;

/// <summary>
/// All plans that are in force, as the nodes replicate them: a map of text to text. Immutable. An entry that cannot be read, of a newer
/// version perhaps, is not followed.
/// </summary>
public sealed class PlanBook
{
    private const string DrainPrefix = "drain:";
    private const string StopPrefix = "stop:";
    private const string MovePrefix = "move:";
    private const string PauseEntry = "pause";

    private readonly HashSet<NodeId> _drained = [];
    private readonly HashSet<MemberKey> _stopping = [];
    private readonly SortedDictionary<(EntityKind Kind, int Shard), NodeId> _moves = [];

    private PlanBook(IEnumerable<KeyValuePair<string, string>> entries)
    {
        foreach (var (key, value) in entries)
        {
            Read(key, value);
        }
    }

    public static PlanBook Empty { get; } = new([]);

    /// <summary>Nodes that operators drain.</summary>
    public IReadOnlySet<NodeId> Drained => _drained;

    /// <summary>Members whose process is about to end.</summary>
    public IReadOnlySet<MemberKey> Stopping => _stopping;

    /// <summary>Until when nothing moves for balance; in ms since 1970.</summary>
    public long PausedUntilMs { get; private set; }

    /// <summary>Moves that are not done yet.</summary>
    public IEnumerable<PlanRequest.Move> Moves => _moves.Select(move => new PlanRequest.Move(move.Key.Kind, new ShardId(move.Key.Shard), move.Value));

    public static PlanBook Of(IEnumerable<KeyValuePair<string, string>> entries) => new(entries);

    public NodeId? TargetOf(EntityKind kind, ShardId shard) => _moves.TryGetValue((kind, shard.Value), out var target) ? target : null;

    internal static string DrainKey(NodeId node) => DrainPrefix + node.Name;

    internal static string StopKey(MemberKey member) => $"{StopPrefix}{member.Address}#{member.Uid.ToString(CultureInfo.InvariantCulture)}";

    internal static string MoveKey(EntityKind kind, ShardId shard) => string.Create(CultureInfo.InvariantCulture, $"{MovePrefix}{(int)kind}:{shard.Value}");

    internal static string PauseKey => PauseEntry;

    internal static string Text(long ms) => ms.ToString(CultureInfo.InvariantCulture);

    private void Read(string key, string value)
    {
        if (key.StartsWith(DrainPrefix, StringComparison.Ordinal))
        {
            _drained.Add(new NodeId(key[DrainPrefix.Length..]));
        }
        else if (key.StartsWith(StopPrefix, StringComparison.Ordinal))
        {
            ReadStop(key[StopPrefix.Length..]);
        }
        else if (key.StartsWith(MovePrefix, StringComparison.Ordinal))
        {
            ReadMove(key[MovePrefix.Length..], new NodeId(value));
        }
        else if (key == PauseEntry && TryNumber(value, out var until))
        {
            PausedUntilMs = until;
        }
    }

    private void ReadStop(string member)
    {
        var uid = member.LastIndexOf('#');
        if (uid > 0 && TryNumber(member[(uid + 1)..], out var number) && number is >= int.MinValue and <= int.MaxValue)
        {
            _stopping.Add(new MemberKey(member[..uid], (int)number));
        }
    }

    private void ReadMove(string shard, NodeId target)
    {
        var parts = shard.Split(':');
        if (parts.Length == 2 && TryNumber(parts[0], out var kind) && Enum.IsDefined((EntityKind)kind) &&
            TryNumber(parts[1], out var number) && number is >= 0 and < EntityShards.Count)
        {
            _moves[((EntityKind)kind, (int)number)] = target;
        }
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}

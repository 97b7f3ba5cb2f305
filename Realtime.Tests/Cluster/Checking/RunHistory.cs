using System.Collections.Concurrent;

namespace Realtime.Tests.Cluster.Checking;

/// <summary>Everything clients saw of a run, by one monotonic clock.</summary>
internal sealed class RunHistory
{
    private readonly ConcurrentQueue<Publication> _publications = [];
    private readonly ConcurrentDictionary<string, Publication> _byId = [];
    private readonly ConcurrentDictionary<string, int> _answers = [];
    private readonly ConcurrentQueue<ReaderStream> _streams = [];
    private readonly ConcurrentDictionary<string, int> _faults = [];
    private readonly ConcurrentQueue<string> _troubles = [];
    private readonly ConcurrentQueue<string> _notes = [];
    private readonly ConcurrentQueue<string> _breaks = [];
    private readonly ConcurrentQueue<PresenceNotice> _presence = [];
    private readonly ConcurrentQueue<Absence> _absences = [];
    private readonly ConcurrentQueue<Harm> _harms = [];
    private readonly ConcurrentQueue<NodeExit> _exits = [];
    private readonly ConcurrentQueue<(DateTimeOffset From, DateTimeOffset To)> _outages = [];
    private readonly ConcurrentQueue<Probe> _probes = [];
    private readonly ConcurrentQueue<SessionLoss> _losses = [];

    public required IReadOnlyDictionary<string, ChannelPromise> Channels { get; init; }

    /// <summary>No gap is excused, on no channel, because nobody died.</summary>
    public bool Gentle { get; init; }

    /// <summary>Members that hold nothing and decide nothing.</summary>
    public IReadOnlyCollection<string> Lighthouses { get; init; } = [];

    public IReadOnlyCollection<Publication> Publications => _publications;

    /// <summary>Errors that requests were answered with, and how often.</summary>
    public IReadOnlyDictionary<string, int> Answers => _answers;

    public IReadOnlyCollection<ReaderStream> Streams => _streams;

    /// <summary>Kinds of faults that were planned, and how often each took effect.</summary>
    public IReadOnlyDictionary<string, int> Faults => _faults;

    /// <summary>What went wrong in a client beside the rules, such as a subscription that was refused for good.</summary>
    public IReadOnlyCollection<string> Troubles => _troubles;

    /// <summary>What a server said that a client could not make sense of.</summary>
    public IReadOnlyCollection<string> Breaks => _breaks;

    /// <summary>What clients went through, by time of day, to be laid beside the nodes' logs.</summary>
    public IReadOnlyCollection<string> Notes => _notes;

    /// <summary>How long a session may be without a connection before others are told that it left.</summary>
    public long Grace { get; init; }

    /// <summary>When all was well again; null: it never was.</summary>
    public long? Healed { get; set; }

    /// <summary>When nobody listened any more.</summary>
    public long Ended { get; set; }

    public IReadOnlyCollection<PresenceNotice> Presence => _presence;

    public IReadOnlyCollection<Absence> Absences => _absences;

    /// <summary>For what nodes may be declared dead.</summary>
    public IReadOnlyCollection<Harm> Harms => _harms;

    /// <summary>Ends of nodes and lighthouses that nobody asked for.</summary>
    public IReadOnlyCollection<NodeExit> Exits => _exits;

    /// <summary>When nobody could reach the store. What was to be settled in it is settled that much later.</summary>
    public IReadOnlyCollection<(DateTimeOffset From, DateTimeOffset To)> Outages => _outages;

    public IReadOnlyCollection<Probe> Probes => _probes;

    public IReadOnlyCollection<SessionLoss> SessionLosses => _losses;

    public long Now => TimeProvider.System.GetTimestamp();

    public Publication Invoke(string publisher, string channel, string id, bool exactlyOnce)
    {
        var publication = new Publication(publisher, channel, id, exactlyOnce, Now);
        Add(publication);
        return publication;
    }

    public void Add(Publication publication)
    {
        _publications.Enqueue(publication);
        _byId[publication.Id] = publication;
    }

    /// <summary>A publish was answered with an error; whether it is tried again is its client's matter.</summary>
    public void WasRefused(string id) => _byId.GetValueOrDefault(id)?.Refused();

    /// <summary>A request was answered with this error.</summary>
    public void WasAnswered(string code) => _answers.AddOrUpdate(code, 1, static (_, count) => count + 1);

    public ReaderStream Open(string reader, string channel)
    {
        var stream = new ReaderStream(reader, channel);
        _streams.Enqueue(stream);
        return stream;
    }

    public void Plan(string fault) => _faults.TryAdd(fault, 0);

    public void TookEffect(string fault) => _faults.AddOrUpdate(fault, 1, static (_, count) => count + 1);

    public void Saw(PresenceNotice notice) => _presence.Enqueue(notice);

    public void Away(Absence absence) => _absences.Enqueue(absence);

    public void Harmed(Harm harm) => _harms.Enqueue(harm);

    public void Exited(NodeExit exit) => _exits.Enqueue(exit);

    public void Outage(DateTimeOffset from, DateTimeOffset to) => _outages.Enqueue((from, to));

    public void Probed(Probe probe) => _probes.Enqueue(probe);

    public void Lost(SessionLoss loss) => _losses.Enqueue(loss);

    public void Note(string who, string what) => _notes.Enqueue($"{TimeProvider.System.GetUtcNow():ss.fff} {who}: {what}");

    public void Break(string what) => _breaks.Enqueue(what);

    public void Trouble(string what) => _troubles.Enqueue(what);
}

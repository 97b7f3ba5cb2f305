using Google.Protobuf;
using Npgsql;
using NpgsqlTypes;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>
/// Writes as the arrays that <c>rt.write</c> takes, refilled for every batch. Appends come first in its answer, then sessions, so it
/// remembers which write is at which place.
/// </summary>
internal sealed class WriteBatch
{
    private readonly List<int> _fenceShards = [];
    private readonly List<long> _fenceEpochs = [];
    private readonly List<long> _fenceOwners = [];
    private readonly List<long> _logs = [];
    private readonly List<int> _appendLogs = [];
    private readonly List<long> _expected = [];
    private readonly List<int> _counts = [];
    private readonly List<long> _tails = [];
    private readonly List<long> _bytes = [];
    private readonly List<int> _appendFences = [];
    private readonly MessageArrays _messages = new();
    private readonly MarkArrays _marks = new();
    private readonly List<Guid> _sessions = [];
    private readonly List<long> _revisions = [];
    private readonly List<long?> _expiries = [];
    private readonly List<byte[]?> _records = [];
    private readonly List<int> _sessionFences = [];
    private readonly Dictionary<ShardFence, int> _fencePlaces = [];
    private readonly Dictionary<long, int> _logPlaces = [];

    /// <summary>For each append and then each session: its place in the batch that was handed in.</summary>
    private readonly List<int> _appendPlaces = [];
    private readonly List<int> _sessionPlaces = [];

    public int Count => _appendPlaces.Count + _sessionPlaces.Count;

    public void Fill(IReadOnlyList<PendingWrite> writes, int from, int to)
    {
        Clear();
        for (var i = from; i < to; i++)
        {
            // The server locks logs in this order, whatever order they were written in.
            if (writes[i].Request is AppendRequest { Log.Value: var log } && _logPlaces.TryAdd(log, 0))
            {
                _logs.Add(log);
            }
        }

        _logs.Sort();
        for (var i = 0; i < _logs.Count; i++)
        {
            _logPlaces[_logs[i]] = i + 1;
        }

        for (var i = from; i < to; i++)
        {
            switch (writes[i].Request)
            {
                case AppendRequest append:
                    _appendPlaces.Add(i);
                    Add(append);
                    break;
                case SessionWrite session:
                    _sessionPlaces.Add(i);
                    Add(session);
                    break;
                case var other:
                    throw new ArgumentException($"no such write: {other.GetType().Name}", nameof(writes));
            }
        }
    }

    /// <summary>The server's answer, back at the places the writes came from.</summary>
    public void Spread(ReadOnlySpan<short> answer, Span<WriteOutcome> outcomes)
    {
        if (answer.Length != Count)
        {
            throw new InvalidDataException($"{answer.Length} outcomes for {Count} writes");
        }

        for (var i = 0; i < answer.Length; i++)
        {
            outcomes[Place(i)] = (WriteOutcome)answer[i];
        }
    }

    /// <summary>The same, when the server has only said that none was refused.</summary>
    public void SpreadCommitted(Span<WriteOutcome> outcomes)
    {
        for (var i = 0; i < Count; i++)
        {
            outcomes[Place(i)] = WriteOutcome.Committed;
        }
    }

    /// <summary>The parameters are these very lists: filling the batch anew is all it takes to send another.</summary>
    public void AddTo(NpgsqlParameterCollection parameters)
    {
        Array(parameters, _fenceShards, NpgsqlDbType.Integer);
        Array(parameters, _fenceEpochs, NpgsqlDbType.Bigint);
        Array(parameters, _fenceOwners, NpgsqlDbType.Bigint);
        Array(parameters, _logs, NpgsqlDbType.Bigint);
        Array(parameters, _appendLogs, NpgsqlDbType.Integer);
        Array(parameters, _expected, NpgsqlDbType.Bigint);
        Array(parameters, _counts, NpgsqlDbType.Integer);
        Array(parameters, _tails, NpgsqlDbType.Bigint);
        Array(parameters, _bytes, NpgsqlDbType.Bigint);
        Array(parameters, _appendFences, NpgsqlDbType.Integer);
        _messages.AddTo(parameters);
        _marks.AddTo(parameters);
        Array(parameters, _sessions, NpgsqlDbType.Uuid);
        Array(parameters, _revisions, NpgsqlDbType.Bigint);
        Array(parameters, _expiries, NpgsqlDbType.Bigint);
        Array(parameters, _records, NpgsqlDbType.Bytea);
        Array(parameters, _sessionFences, NpgsqlDbType.Integer);
    }

    internal static void Array<T>(NpgsqlParameterCollection parameters, List<T> values, NpgsqlDbType type) =>
        parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });

    private int Place(int i) => i < _appendPlaces.Count ? _appendPlaces[i] : _sessionPlaces[i - _appendPlaces.Count];

    private void Add(AppendRequest append)
    {
        var place = _appendPlaces.Count;
        var bytes = 0L;
        for (var i = 0; i < append.Messages.Count; i++)
        {
            var message = append.Messages[i];
            _messages.Add(place, append.Log.Value, bytes, message);
            bytes += message.Size;
        }

        for (var i = 0; i < append.Marks.Count; i++)
        {
            _marks.Add(place, append.Log.Value, append.Marks[i]);
        }

        _appendLogs.Add(_logPlaces[append.Log.Value]);
        _expected.Add(append.ExpectedHead);
        _counts.Add(append.Messages.Count);
        _tails.Add(append.Tail ?? 0);
        _bytes.Add(bytes);
        _appendFences.Add(PlaceOf(append.Fence));
    }

    private void Add(SessionWrite write)
    {
        _sessions.Add(PostgresIds.ToGuid(write.Session));
        _revisions.Add(write.ExpectedRevision);
        _expiries.Add(write.ExpiresAt);
        _records.Add(write.Record?.ToByteArray());
        _sessionFences.Add(PlaceOf(write.Fence));
    }

    private int PlaceOf(ShardFence? fence)
    {
        if (fence is not { } held)
        {
            return 0;
        }

        if (!_fencePlaces.TryGetValue(held, out var place))
        {
            _fenceShards.Add(held.Shard.Value);
            _fenceEpochs.Add(held.Epoch);
            _fenceOwners.Add(held.Owner.Value);
            _fencePlaces.Add(held, place = _fenceShards.Count);
        }

        return place;
    }

    private void Clear()
    {
        _fenceShards.Clear();
        _fenceEpochs.Clear();
        _fenceOwners.Clear();
        _logs.Clear();
        _appendLogs.Clear();
        _expected.Clear();
        _counts.Clear();
        _tails.Clear();
        _bytes.Clear();
        _appendFences.Clear();
        _messages.Clear();
        _marks.Clear();
        _sessions.Clear();
        _revisions.Clear();
        _expiries.Clear();
        _records.Clear();
        _sessionFences.Clear();
        _fencePlaces.Clear();
        _logPlaces.Clear();
        _appendPlaces.Clear();
        _sessionPlaces.Clear();
    }
}

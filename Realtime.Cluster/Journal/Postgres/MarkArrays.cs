using Npgsql;
using NpgsqlTypes;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>A batch's producer marks, one array per column.</summary>
internal sealed class MarkArrays
{
    private readonly List<int> _appends = [];
    private readonly List<long> _logs = [];
    private readonly List<string> _producers = [];
    private readonly List<short> _slots = [];
    private readonly List<long> _counts = [];
    private readonly List<long> _sequences = [];
    private readonly List<long> _offsets = [];
    private readonly List<long> _times = [];

    /// <param name="append">Its append's place, from 1.</param>
    public void Add(int append, long log, ProducerMark mark)
    {
        _appends.Add(append);
        _logs.Add(log);
        _producers.Add(mark.Producer.Value);
        _slots.Add((short)mark.Slot);
        _counts.Add(mark.Count);
        _sequences.Add(mark.Sequence);
        _offsets.Add(mark.Offset);
        _times.Add(mark.At);
    }

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        WriteBatch.Array(parameters, _appends, NpgsqlDbType.Integer);
        WriteBatch.Array(parameters, _logs, NpgsqlDbType.Bigint);
        WriteBatch.Array(parameters, _producers, NpgsqlDbType.Text);
        WriteBatch.Array(parameters, _slots, NpgsqlDbType.Smallint);
        WriteBatch.Array(parameters, _counts, NpgsqlDbType.Bigint);
        WriteBatch.Array(parameters, _sequences, NpgsqlDbType.Bigint);
        WriteBatch.Array(parameters, _offsets, NpgsqlDbType.Bigint);
        WriteBatch.Array(parameters, _times, NpgsqlDbType.Bigint);
    }

    public void Clear()
    {
        _appends.Clear();
        _logs.Clear();
        _producers.Clear();
        _slots.Clear();
        _counts.Clear();
        _sequences.Clear();
        _offsets.Clear();
        _times.Clear();
    }
}

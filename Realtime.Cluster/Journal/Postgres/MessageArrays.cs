using Google.Protobuf;
using Npgsql;
using NpgsqlTypes;
using Realtime.Messages.Positions;

namespace Realtime.Cluster.Journal.Postgres;

/// <summary>A batch's messages, one array per column.</summary>
internal sealed class MessageArrays
{
    private readonly List<int> _appends = [];
    private readonly List<long> _logs = [];
    private readonly List<long> _offsets = [];
    private readonly List<long> _times = [];
    private readonly List<long> _before = [];
    private readonly List<int> _sizes = [];
    private readonly List<byte[]> _records = [];

    /// <param name="append">Its append's place, from 1.</param>
    /// <param name="before">Bytes of the append's messages ahead of it.</param>
    public void Add(int append, long log, long before, LogMessage message)
    {
        _appends.Add(append);
        _logs.Add(log);
        _offsets.Add(message.Offset);
        _times.Add(message.At);
        _before.Add(before);
        _sizes.Add(message.Payload.Length);
        _records.Add(RecordCodec.ToRecord(message).ToByteArray());
    }

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        WriteBatch.Array(parameters, _appends, NpgsqlDbType.Integer);
        WriteBatch.Array(parameters, _logs, NpgsqlDbType.Bigint);
        WriteBatch.Array(parameters, _offsets, NpgsqlDbType.Bigint);
        WriteBatch.Array(parameters, _times, NpgsqlDbType.Bigint);
        WriteBatch.Array(parameters, _before, NpgsqlDbType.Bigint);
        WriteBatch.Array(parameters, _sizes, NpgsqlDbType.Integer);
        WriteBatch.Array(parameters, _records, NpgsqlDbType.Bytea);
    }

    public void Clear()
    {
        _appends.Clear();
        _logs.Clear();
        _offsets.Clear();
        _times.Clear();
        _before.Clear();
        _sizes.Clear();
        _records.Clear();
    }
}

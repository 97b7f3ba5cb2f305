using System.Net;
using Microsoft.Data.Sqlite;
using Realtime.Tests.Hosting;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>One SQLite file, which one process at a time can open: a copy is read, when nothing is written any more.</summary>
internal sealed class SqliteStageStore : StageStore
{
    private static readonly string[] Parts = ["", "-wal"];
    private readonly TemporaryDirectory _directory = new();

    public override IPEndPoint? Endpoint => null;

    public override long Bytes => Parts.Select(part => new FileInfo(Path + part)).Where(file => file.Exists).Max(file => file.Length);

    private string Path => _directory.File("realtime.db");

    public override string Address(string node, int? port) => $"sqlite:{Path}";

    public override ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<IReadOnlyList<(string PersistenceId, byte[] Message)>> ReadAsync()
    {
        using var folder = new TemporaryDirectory();
        var copy = folder.File("copy.db");
        foreach (var part in Parts.Where(part => File.Exists(Path + part)))
        {
            File.Copy(Path + part, copy + part);
        }

        await using var database = new SqliteConnection($"Data Source={copy};Pooling=False");
        await database.OpenAsync();
        await using var command = new SqliteCommand("SELECT persistence_id, message FROM channel_event ORDER BY persistence_id, sequence_number", database);
        await using var reader = await command.ExecuteReaderAsync();
        var all = new List<(string, byte[])>();
        while (await reader.ReadAsync())
        {
            all.Add((reader.GetString(0), reader.GetFieldValue<byte[]>(1)));
        }

        return all;
    }
}

using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Realtime.Tests.Support;

/// <summary>
/// A PostgreSQL server of the tests' own: the installed binaries, a data directory that is thrown away, a port on the loopback. Behind it
/// stands a shell that ends it when its input ends, which it does with the test process however that ends.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>
    /// The server runs as a user without rights, because it refuses to run as root. The shell takes orders by line: start and stop, pause and resume.
    /// </summary>
    private const string Keeper =
        """
        trap '' INT TERM HUP
        cd /
        pid=
        stop() { [ -z "$pid" ] || { kill -QUIT $pid 2>/dev/null; wait $pid; pid=; }; }
        $RUN "$BIN/initdb" -D "$DATA/pg" -k -U postgres -A trust -E UTF8 --locale=C --no-sync >"$DATA/initdb.log" 2>&1 || { cat "$DATA/initdb.log"; echo failed; rm -rf "$DATA"; exit 1; }
        echo ready
        while read -r order; do
          case $order in
            start) $RUN "$BIN/postgres" -D "$DATA/pg" -p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 -c shared_buffers=64MB $SETTINGS </dev/null >>"$DATA/server.log" 2>&1 & pid=$!; echo started;;
            stop) stop; echo stopped;;
            pause) kill -STOP $pid; kill -STOP $(cat /proc/$pid/task/$pid/children); echo paused;;
            resume) kill -CONT $(cat /proc/$pid/task/$pid/children) $pid; echo resumed;;
          esac
        done
        stop
        rm -rf "$DATA"
        """;

    private static readonly Lazy<Task<PostgresServer>> Common = new(() => StartAsync());
    private readonly Process _keeper;
    private readonly int _port;
    private readonly string _directory;
    private int _databases;

    private PostgresServer(Process keeper, int port, string directory)
    {
        _keeper = keeper;
        _port = port;
        _directory = directory;
    }

    /// <summary>In words; null when it can be run.</summary>
    public static string? Missing => Binaries is null ? "PostgreSQL's server binaries are not installed" : null;

    private static string? Binaries
    {
        get
        {
            if (OperatingSystem.IsWindows())
            {
                return null;
            }

            const string Debian = "/usr/lib/postgresql";
            var installed = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
            return installed.Where(folder => int.TryParse(Path.GetFileName(folder), out var version) && version >= 14)
                .OrderByDescending(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))
                .Select(folder => Path.Combine(folder, "bin"))
                .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
                ?? (Required.Find("initdb") is { } initdb ? Path.GetDirectoryName(initdb) : null);
        }
    }

    /// <summary>The one that tests share, each with databases of its own. It runs until the test process ends. Skips the test where it cannot.</summary>
    public static Task<PostgresServer> SharedAsync()
    {
        Required.OrSkip(Missing);
        return Common.Value;
    }

    /// <summary>One of the caller's own, to stop and start. Skips the test where it cannot be had.</summary>
    /// <param name="settings">As on the command line of the server: <c>-c name=value</c>.</param>
    public static async Task<PostgresServer> StartAsync(string settings = "")
    {
        Required.OrSkip(Missing);
        var directory = Directory.CreateTempSubdirectory("realtime-postgres-").FullName;
        var port = FreePort.Take();
        var start = new ProcessStartInfo("setsid", ["-w", "sh", "-c", Keeper]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["BIN"] = Binaries!;
        start.Environment["DATA"] = directory;
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["SETTINGS"] = settings;
        start.Environment["RUN"] = await UnprivilegedAsync(directory);
        var keeper = Process.Start(start) ?? throw new InvalidOperationException("no shell to run PostgreSQL from");
        var server = new PostgresServer(keeper, port, directory);
        await server.ExpectAsync("ready");
        await server.StartAgainAsync();
        return server;
    }

    public int Port => _port;

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Include Error Detail=true";

    /// <summary>An empty database nobody else uses.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await RunAsync($"CREATE DATABASE {name} TEMPLATE template0");
        return name;
    }

    /// <summary>Whatever is connected to it is thrown out.</summary>
    public Task DropDatabaseAsync(string database) => RunAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)");

    /// <summary>Ends the connections to a database whose application name is like this; how many there were.</summary>
    public async Task<long> KillBackendsAsync(string database, string application = "%") => (long)(await ScalarAsync(
        "postgres",
        $"SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND application_name LIKE '{application}') k"))!;

    /// <summary>Without a checkpoint or a word to anybody: as after a crash, what is committed is in the write-ahead log only.</summary>
    public Task StopAsync() => OrderAsync("stop", "stopped");

    /// <summary>SIGSTOP for all of it: connections stay, and nobody answers.</summary>
    public Task PauseAsync() => OrderAsync("pause", "paused");

    public Task ResumeAsync() => OrderAsync("resume", "resumed");

    public async Task StartAgainAsync()
    {
        await OrderAsync("start", "started");
        await AnswersAsync().Within($"PostgreSQL on port {_port} to answer");
    }

    public async Task<object?> ScalarAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString(database) + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync().Within("PostgreSQL to end");
        _keeper.Dispose();
    }

    private async Task OrderAsync(string order, string done)
    {
        await _keeper.StandardInput.WriteLineAsync(order);
        await _keeper.StandardInput.FlushAsync();
        await ExpectAsync(done);
    }

    private async Task RunAsync(string sql) => await ScalarAsync("postgres", sql);

    private async Task AnswersAsync()
    {
        while (true)
        {
            try
            {
                await ScalarAsync("postgres", "SELECT 1");
                return;
            }
            catch (NpgsqlException)
            {
                // Not yet.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    private async Task ExpectAsync(string word)
    {
        var said = await _keeper.StandardOutput.ReadLineAsync().Within($"PostgreSQL to be {word}");
        if (said != word)
        {
            throw new InvalidOperationException($"PostgreSQL in {_directory} is not {word}: {said} {await _keeper.StandardOutput.ReadToEndAsync()}");
        }
    }

    /// <summary>What to put before a command so that it does not run as root; the directory is that user's then.</summary>
    private static async Task<string> UnprivilegedAsync(string directory)
    {
        if (Environment.UserName != "root")
        {
            return "";
        }

        // Where Debian's package is installed there is a user for it.
        var user = (await File.ReadAllLinesAsync("/etc/passwd")).Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
        using var chown = Process.Start("chown", [user, directory]);
        await chown.WaitForExitAsync();
        return chown.ExitCode == 0
            ? $"setpriv --reuid={user} --regid={(user == "nobody" ? "nogroup" : user)} --clear-groups"
            : throw new InvalidOperationException($"cannot give {directory} to {user}");
    }
}

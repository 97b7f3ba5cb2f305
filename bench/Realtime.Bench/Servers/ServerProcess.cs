using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Realtime.Bench.Native;

namespace Realtime.Bench.Servers;

/// <summary>A server under test in a process of its own, with a folder that outlives its restarts.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int LogLinesKept = 40;
    private const int OperatorPortOffset = 1000;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly ServerRecipe _recipe;
    private readonly string _folder = Directory.CreateTempSubdirectory("realtime-bench-").FullName;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Queue<string> _log = new();
    private Process? _process;

    private ServerProcess(ServerRecipe recipe, int port)
    {
        _recipe = recipe;
        Port = port;
        AppDomain.CurrentDomain.ProcessExit += LeaveNothing;
    }

    public string Name => _recipe.Name;

    public int Port { get; }

    /// <summary>Where it answers operators, unless its arguments say otherwise.</summary>
    public Uri Operators => new($"http://localhost:{Port + OperatorPortOffset}/");

    public bool IsRunning => _process is not null;

    public TimeSpan ProcessorTime
    {
        get
        {
            Running.Refresh();
            return Running.TotalProcessorTime;
        }
    }

    private Process Running => _process ?? throw new InvalidOperationException("The server is not running.");

    public static async Task<ServerProcess> StartAsync(ServerRecipe recipe)
    {
        var server = new ServerProcess(recipe, FreePort());
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts (again) and returns when it says that it is ready.</summary>
    public async Task StartAsync()
    {
        _process = Process.Start(_recipe.Start(Port, _folder)) ?? throw new BenchFailedException($"{_recipe.Name} did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        var started = TimeProvider.System.GetTimestamp();
        while (!await IsReadyAsync())
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(started) > StartTime)
                throw new BenchFailedException($"{_recipe.Name} did not become ready:\n{LastLog()}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    /// <summary>SIGKILL: no drain, no flush, no farewell.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await Running.WaitForExitAsync();
        Running.Dispose();
        _process = null;
    }

    /// <summary>SIGSTOP: its sockets stay and take what fits; nobody reads or answers.</summary>
    public void Pause() => Signal(Libc.StopSignal);

    public void Continue() => Signal(Libc.ContinueSignal);

    /// <summary>SIGTERM; returns when it has ended by itself.</summary>
    public async Task TerminateAsync(TimeSpan within)
    {
        Signal(Libc.TerminateSignal);
        try
        {
            await Running.WaitForExitAsync().WaitAsync(within);
        }
        catch (TimeoutException)
        {
            throw new BenchFailedException($"{_recipe.Name} did not end within {within.TotalSeconds:F0} s of SIGTERM:\n{LastLog()}");
        }

        var code = Running.ExitCode;
        Running.Dispose();
        _process = null;
        if (code != 0)
            throw new BenchFailedException($"{_recipe.Name} ended with exit code {code} after SIGTERM:\n{LastLog()}");
    }

    /// <summary>Resident bytes of the process once they have come to rest.</summary>
    public async Task<long> QuietMemoryAsync()
    {
        const int StillSamples = 6;
        var last = ResidentBytes();
        var still = 0;
        for (var sample = 0; sample < 60 && still < StillSamples; sample++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            var now = ResidentBytes();
            still = Math.Abs(now - last) <= last / 200 ? still + 1 : 0;
            last = now;
        }

        return last;
    }

    /// <summary>Bytes on the managed heap, if the server tells them.</summary>
    public async Task<long?> ManagedBytesAsync()
    {
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{Port}/memory"));
        return answer.IsSuccessStatusCode && long.TryParse(await answer.Content.ReadAsStringAsync(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : null;
    }

    public string LastLog()
    {
        lock (_log)
            return string.Join('\n', _log);
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= LeaveNothing;
        if (_process is not null)
            await KillAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>When the benchmark is interrupted: a server left behind would take the cores of the next one.</summary>
    private void LeaveNothing(object? sender, EventArgs arguments)
    {
        if (_process is { } left)
        {
            left.Kill();
            left.WaitForExit();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Signal(int signal)
    {
        if (Libc.Kill(Running.Id, signal) != 0)
            throw new BenchFailedException($"{_recipe.Name} cannot be signalled: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    private static int FreePort()
    {
        // Below the ephemeral range, so that no outgoing connection takes it while the server is down.
        for (var port = 18_080; port < 32_000; port++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try the next one.
            }
        }

        throw new BenchFailedException("No free port.");
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{Port}/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public long ResidentBytes()
    {
        foreach (var line in File.ReadLines($"/proc/{Running.Id}/smaps_rollup"))
        {
            if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                var kilobytes = line.AsSpan(4, line.IndexOf("kB", StringComparison.Ordinal) - 4);
                return long.Parse(kilobytes, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
            }
        }

        throw new BenchFailedException("The server's memory cannot be read.");
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_log)
        {
            if (_recipe.Log is { } file)
                File.AppendAllText(file, line + "\n");
            _log.Enqueue(line);
            if (_log.Count > LogLinesKept)
                _log.Dequeue();
        }
    }
}

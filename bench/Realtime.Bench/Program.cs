using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Realtime.Bench;
using Realtime.Bench.Churn;
using Realtime.Bench.Load;
using Realtime.Bench.Servers;

// The same program is coordinator and, started by it, load process.
switch (args)
{
    case [LoadProcess.Argument, var settings]:
        new LoadProcess(JsonSerializer.Deserialize<LoadSettings>(settings) ?? throw new InvalidOperationException("No settings.")).Run();
        return 0;
    case [Burner.Argument]:
        Burner.Run();
        return 0;
    case [ChurnProcess.Argument, var settings]:
        new ChurnProcess(JsonSerializer.Deserialize<LoadSettings>(settings) ?? throw new InvalidOperationException("No settings.")).Run();
        return 0;
    default:
        // An interrupted run ends at once, in the ordinary way: that is what removes servers, databases and their files.
        using (PosixSignalRegistration.Create(PosixSignal.SIGINT, Leave))
        using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave))
            return await BenchCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
}

static void Leave(PosixSignalContext signal)
{
    signal.Cancel = true;
    // Not on the thread of the signal: the end waits for that one.
    _ = Task.Run(() => Environment.Exit(130));
}

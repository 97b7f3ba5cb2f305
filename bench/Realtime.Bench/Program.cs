using System.Text.Json;
using Realtime.Bench;
using Realtime.Bench.Churn;
using Realtime.Bench.Load;

// The same program is coordinator and, started by it, load process.
switch (args)
{
    case [LoadProcess.Argument, var settings]:
        new LoadProcess(JsonSerializer.Deserialize<LoadSettings>(settings) ?? throw new InvalidOperationException("No settings.")).Run();
        return 0;
    case [ChurnProcess.Argument, var settings]:
        new ChurnProcess(JsonSerializer.Deserialize<LoadSettings>(settings) ?? throw new InvalidOperationException("No settings.")).Run();
        return 0;
    default:
        return await BenchCommand.Create().Parse(args).InvokeAsync();
}

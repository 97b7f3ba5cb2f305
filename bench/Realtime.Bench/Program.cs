using System.Globalization;
using System.Text.Json;
using Realtime.Bench;
using Realtime.Bench.Load;

// The same program is coordinator and, started by it, load process.
if (args is ["load-process", var port, var settings])
{
    new LoadProcess(
        int.Parse(port, CultureInfo.InvariantCulture),
        JsonSerializer.Deserialize<LoadSettings>(settings) ?? throw new InvalidOperationException("No settings.")).Run();
    return 0;
}

return await BenchCommand.Create().Parse(args).InvokeAsync();

using Realtime.Lighthouse;

return await LighthouseCommandLine.RunAsync(args, Console.Out, Console.Error);

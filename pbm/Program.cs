using Realtime.Pbm;

using var interrupt = new Interrupt();
return await PbmCommandLine.RunAsync(args, Surroundings.OfProcess(), interrupt.Token);

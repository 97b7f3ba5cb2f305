using System.Diagnostics;
using System.Text.RegularExpressions;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Deployment;

/// <summary>What members show each other, made by the commands of docs/kubernetes.md as they stand there.</summary>
internal sealed partial class ClusterCertificate : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private ClusterCertificate()
    {
    }

    public string Folder => _folder.Path;

    public static ClusterCertificate Make()
    {
        Required.OrSkip(Required.Find("openssl") is null || Required.Find("bash") is null ? "openssl or bash is not installed" : null);
        var commands = Commands().Match(OperatorPages.Text("docs/kubernetes.md")).Groups[1].Value;
        commands.ShouldContain("openssl");
        var made = new ClusterCertificate();
        Run("bash", "-e", "-c", $"cd '{made.Folder}'\n{commands}");
        return made;
    }

    public string File(string name) => _folder.File(name);

    /// <summary>Lets a group read the files, as a mounted secret does.</summary>
    public void GiveTo(string group) => Run("bash", "-e", "-c", $"chgrp -R {group} '{Folder}' && chmod 0750 '{Folder}' && chmod 0440 '{Folder}'/*");

    public void Dispose() => _folder.Dispose();

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var faults = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, faults.Result);
    }

    [GeneratedRegex("```bash\n(openssl .*?)```", RegexOptions.Singleline)]
    private static partial Regex Commands();
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Deployment;

/// <summary>An overlay of k8s/overlays as <c>kubectl kustomize</c> renders it.</summary>
internal sealed class Manifests
{
    public static readonly IReadOnlyList<string> Overlays = ["local", "production", "production-direct"];

    private static readonly ConcurrentDictionary<string, Lazy<string>> Texts = new();

    private Manifests(IReadOnlyList<KubeObject> objects) => Objects = objects;

    public IReadOnlyList<KubeObject> Objects { get; }

    public IEnumerable<Workload> Workloads => Objects.OfType<Workload>();

    public Workload Nodes => Workloads.Single(workload => workload.IsNode);

    public Workload Lighthouse => Workloads.Single(workload => workload.IsOurs && workload.Component == "lighthouse");

    public static Manifests Render(string overlay) => Parse(Text(overlay));

    public static Manifests Parse(string text) => new(
    [
        .. YamlText.Documents(text).Select(document => KubeObject.TextOf(document["kind"]) is "StatefulSet" or "Deployment" ? new Workload(document) : new KubeObject(document)),
    ]);

    /// <summary>Rendered once for all tests. Skips where kubectl is not installed.</summary>
    public static string Text(string overlay)
    {
        var kubectl = Required.Find("kubectl");
        Required.OrSkip(kubectl is null ? "kubectl is not installed" : null);
        return Texts.GetOrAdd(overlay, name => new Lazy<string>(() => Run(kubectl!, Path.Combine(SourceTree.Root, "k8s", "overlays", name)))).Value;
    }

    public IEnumerable<KubeObject> Of(string kind) => Objects.Where(found => found.Kind == kind);

    public KubeObject? Find(string kind, string? name) => Of(kind).FirstOrDefault(found => found.Name == name);

    private static string Run(string kubectl, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(kubectl, ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var faults = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, faults.Result);
        faults.Result.ShouldBeEmpty("kustomize warns");
        return text;
    }
}

// A steady load of requests for the rotation examples: four at a time until SIGTERM, then a report
// of how many went out with each access key and how many were refused.

/** @param {import('kling-auth').KlingAuth} auth */
export async function run(auth) {
  const report = { sent: {}, refused: 0 };
  let isRunning = true;
  process.once('SIGTERM', () => {
    isRunning = false;
  });
  const url = `${process.env.KLING_API_BASE}/account/costs?start_time=0&end_time=1`;
  const worker = async () => {
    while (isRunning) {
      const { accessKey, headers } = auth;
      const response = await fetch(url, { headers });
      await response.arrayBuffer();
      report.sent[accessKey] = (report.sent[accessKey] ?? 0) + 1;
      if (!response.ok) report.refused++;
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  console.log(JSON.stringify(report));
}
